import { AudioStreamTimeoutError } from "./audio-stream-errors.ts";
import type { ChunkReader } from "./chunk-reader.ts";

/** Iterates over what a reader reads and blocks the thread while there is nothing. */
export class BlockingIterator<T extends object> implements IterableIterator<T, undefined> {
  readonly #reader: ChunkReader<T>;
  readonly #timeoutMs: number;
  #isLeft = false;

  /** `timeoutMs`: longest that one `next` may wait. */
  constructor(reader: ChunkReader<T>, timeoutMs: number) {
    this.#reader = reader;
    this.#timeoutMs = timeoutMs;
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** The next item. Throws an {@link AudioStreamTimeoutError} when none came in time; calling again waits again. */
  next(): IteratorResult<T, undefined> {
    const { arrivals, sampleIndex } = this.#reader;
    const deadlineMs = performance.now() + this.#timeoutMs;
    while (!this.#isLeft) {
      const seen = arrivals.count;
      const item = this.#reader.read();
      if (item === "ended") break;
      if (item !== "nothing-yet") return { done: false, value: item };
      const remainingMs = deadlineMs - performance.now();
      if (remainingMs <= 0) throw new AudioStreamTimeoutError(sampleIndex, this.#timeoutMs);
      arrivals.wait(seen, remainingMs);
    }
    return { done: true, value: undefined };
  }

  /** Leaves the iteration. What is in the streams stays there for the next iterator. */
  return(): IteratorResult<T, undefined> {
    this.#isLeft = true;
    return { done: true, value: undefined };
  }
}

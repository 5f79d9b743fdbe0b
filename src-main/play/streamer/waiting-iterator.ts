import { AudioStreamTimeoutError } from "./audio-stream-errors.ts";
import type { ChunkReader } from "./chunk-reader.ts";

/** Iterates over what a reader reads and waits, without blocking and without polling, while there is nothing. */
export class WaitingIterator<T extends object> implements AsyncIterableIterator<T, undefined> {
  readonly #reader: ChunkReader<T>;
  readonly #timeoutMs: number;
  #isLeft = false;
  #last: Promise<unknown> = Promise.resolve();

  /** `timeoutMs`: longest that one `next` may wait. */
  constructor(reader: ChunkReader<T>, timeoutMs: number) {
    this.#reader = reader;
    this.#timeoutMs = timeoutMs;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * The next item. Rejects with an {@link AudioStreamTimeoutError} when none came in time; calling again waits again. Calls made before an earlier
   * one has resolved are answered in order.
   */
  next(): Promise<IteratorResult<T, undefined>> {
    const read = (): Promise<IteratorResult<T, undefined>> => this.#read();
    const result = this.#last.then(read, read);
    this.#last = result;
    return result;
  }

  /** Leaves the iteration at once: a `next` that waits is done. What is in the streams stays there for the next iterator. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#isLeft = true;
    this.#reader.arrivals.nudge();
    return Promise.resolve({ done: true, value: undefined });
  }

  async #read(): Promise<IteratorResult<T, undefined>> {
    const { arrivals, sampleIndex } = this.#reader;
    const deadlineMs = performance.now() + this.#timeoutMs;
    while (!this.#isLeft) {
      const seen = arrivals.count;
      const item = this.#reader.read();
      if (item === "ended") break;
      if (item !== "nothing-yet") return { done: false, value: item };
      const remainingMs = deadlineMs - performance.now();
      if (remainingMs <= 0) throw new AudioStreamTimeoutError(sampleIndex, this.#timeoutMs);
      await arrivals.waitAsync(seen, remainingMs);
    }
    return { done: true, value: undefined };
  }
}

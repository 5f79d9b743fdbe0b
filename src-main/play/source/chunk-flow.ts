import { failure, FailureError } from "../../../src-shared/failure.ts";
import { inSeconds } from "./in-seconds.ts";

/** Something that gives chunks one at a time, when asked. */
export interface ChunkPull {
  /** The next chunk, undefined at the end. Rejects with a FailureError when the source breaks. */
  next(): Promise<Uint8Array | undefined>;
  /** Lets go of the file or the connection. May be called while `next` is under way, whose outcome no longer counts then. */
  close(): void;
}

/** When to give up on a {@link ChunkPull}. */
export interface ChunkFlowLimits {
  /** For failures: the host or path. */
  readonly name: string;
  /** Closes the source; what is awaited rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Longest wait for one chunk, while somebody is waiting for it. Without it: for ever. */
  readonly idleTimeoutMs?: number;
}

/**
 * The chunks of a source as an iteration, empty ones left out. One iteration, one `next` at a time. The source is closed at its end, on a
 * failure, on abort, and when the iteration is left, even before its first chunk or while one is awaited. Throws what the source throws;
 * source-timeout when nothing comes for `idleTimeoutMs`.
 */
export function chunkFlow(pull: ChunkPull, limits: ChunkFlowLimits): AsyncIterable<Uint8Array> {
  const flow = new ChunkFlow(pull, limits);
  return { [Symbol.asyncIterator]: () => flow };
}

type Turn = IteratorResult<Uint8Array, undefined>;

const END: Turn = { done: true, value: undefined };

class ChunkFlow implements AsyncIterator<Uint8Array, undefined> {
  readonly #pull: ChunkPull;
  readonly #limits: ChunkFlowLimits;
  #isOver = false;
  #isClosed = false;
  #waiting: PromiseWithResolvers<Turn> | undefined;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(pull: ChunkPull, limits: ChunkFlowLimits) {
    this.#pull = pull;
    this.#limits = limits;
    limits.signal.addEventListener("abort", this.#abort, { once: true });
    if (limits.signal.aborted) this.#close();
  }

  next(): Promise<Turn> {
    if (this.#isOver) return Promise.resolve(END);
    const { signal, idleTimeoutMs } = this.#limits;
    if (signal.aborted) {
      this.#isOver = true;
      return Promise.reject(signal.reason);
    }
    const waiting = Promise.withResolvers<Turn>();
    this.#waiting = waiting;
    if (idleTimeoutMs !== undefined) this.#idleTimer = setTimeout(this.#giveUp, idleTimeoutMs);
    void this.#ask();
    return waiting.promise;
  }

  return(): Promise<Turn> {
    this.#settle()?.resolve(END);
    this.#end();
    return Promise.resolve(END);
  }

  async #ask(): Promise<void> {
    try {
      let chunk = await this.#pull.next();
      while (chunk?.length === 0 && !this.#isClosed) chunk = await this.#pull.next();
      if (chunk === undefined) this.#end();
      this.#settle()?.resolve(chunk === undefined ? END : { done: false, value: chunk });
    } catch (error) {
      this.#fail(error);
    }
  }

  #settle(): PromiseWithResolvers<Turn> | undefined {
    clearTimeout(this.#idleTimer);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  readonly #giveUp = (): void => {
    const { name, idleTimeoutMs = 0 } = this.#limits;
    const detail = `${name} sent nothing for ${inSeconds(idleTimeoutMs)}`;
    this.#fail(new FailureError(failure("source-timeout", "input", detail, true)));
  };

  readonly #abort = (): void => {
    const waiting = this.#settle();
    if (waiting) this.#isOver = true;
    this.#close();
    waiting?.reject(this.#limits.signal.reason);
  };

  #fail(error: unknown): void {
    const waiting = this.#settle();
    if (!waiting) return;
    this.#end();
    waiting.reject(error);
  }

  #end(): void {
    this.#isOver = true;
    this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#limits.signal.removeEventListener("abort", this.#abort);
    this.#pull.close();
  }
}

import type { VirtualClock } from "./virtual-clock.ts";

/** What an engine answered, and how long it took. */
export interface TimedAnswer<Answer> {
  readonly value: Answer;
  readonly elapsedMs: number;
}

/** An engine that was told to stop does so after this time. */
const ABORT_MS = 10;

/**
 * A real engine in virtual time: one request at a time, first come first served, each taking as long as it really took. An aborted request
 * rejects at once; one that has not begun is not made.
 */
export class SerialEngine<Request, Answer> {
  readonly #clock: VirtualClock;
  readonly #ask: (request: Request) => Promise<TimedAnswer<Answer>>;
  #busy: Promise<void> = Promise.resolve();

  /** `ask` asks the real engine, or remembers what it answered. */
  constructor(clock: VirtualClock, ask: (request: Request) => Promise<TimedAnswer<Answer>>) {
    this.#clock = clock;
    this.#ask = ask;
  }

  async request(request: Request, signal = new AbortController().signal): Promise<Answer> {
    const before = this.#busy;
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    this.#busy = done;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    void (async () => {
      await before;
      if (!signal.aborted) await this.#answer(request, signal).then(resolve, reject);
      signal.removeEventListener("abort", onAbort);
      finish();
    })();
    return promise;
  }

  async #answer(request: Request, signal: AbortSignal): Promise<Answer> {
    const startedAtMs = this.#clock.nowMs();
    const { value, elapsedMs } = await this.#ask(request);
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
    const onAbort = () => this.#clock.schedule(this.#clock.nowMs() + ABORT_MS, stop);
    signal.addEventListener("abort", onAbort, { once: true });
    const cancel = this.#clock.schedule(startedAtMs + elapsedMs, stop);
    await stopped;
    cancel();
    signal.removeEventListener("abort", onAbort);
    return value;
  }
}

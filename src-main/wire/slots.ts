/** A number of places, each for one session at a time. */
export class Slots {
  readonly total: number;
  readonly #waiting: (() => void)[] = [];
  #used = 0;

  constructor(total: number) {
    this.total = total;
  }

  get used(): number {
    return this.#used;
  }

  /** Takes a place, to be freed by the function; undefined when there is none. */
  take(): (() => void) | undefined {
    if (this.#used >= this.total) return undefined;
    this.#used += 1;
    let isFree = false;
    return () => {
      if (isFree) return;
      isFree = true;
      this.#used -= 1;
      this.#waiting.shift()?.();
    };
  }

  /** Takes a place as soon as there is one; undefined when there is none for so long. Throws the signal's reason when aborted. */
  async wait(withinMs: number, signal: AbortSignal): Promise<(() => void) | undefined> {
    const untilMs = performance.now() + withinMs;
    for (;;) {
      signal.throwIfAborted();
      const free = this.take();
      const leftMs = untilMs - performance.now();
      if (free || leftMs <= 0) return free;
      await this.#change(leftMs, signal);
    }
  }

  #change(withinMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    const timer = setTimeout(wake, withinMs);
    signal.addEventListener("abort", wake, { once: true });
    this.#waiting.push(wake);
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      const index = this.#waiting.indexOf(wake);
      if (index >= 0) this.#waiting.splice(index, 1);
    });
  }
}

import type { Clock } from "../../../src-main/turn/ports.ts";

/** A time that stands still until it is moved, and while real work is under way. Everything due happens in order. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #due: { readonly atMs: number; readonly callback: () => void }[] = [];
  readonly #working = new Set<Promise<unknown>>();

  nowMs(): number {
    return this.#nowMs;
  }

  schedule(atMs: number, callback: () => void): () => void {
    const entry = { atMs, callback };
    const index = this.#due.findIndex((other) => other.atMs > atMs);
    this.#due.splice(index === -1 ? this.#due.length : index, 0, entry);
    return () => {
      this.#due = this.#due.filter((other) => other !== entry);
    };
  }

  /** Resolves at `atMs`. */
  until(atMs: number): Promise<void> {
    return new Promise((resolve) => this.schedule(atMs, resolve));
  }

  /**
   * Holds the time until the work is done, and says how long it took: real ms, or the processor time of this process where that is less,
   * because then other programs were in the way. Rejects as the work does.
   */
  async measure<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly elapsedMs: number }> {
    const startedAtMs = performance.now();
    const processor = process.cpuUsage();
    const working = work();
    this.#working.add(working);
    try {
      const value = await working;
      const { user, system } = process.cpuUsage(processor);
      return { value, elapsedMs: Math.min(performance.now() - startedAtMs, (user + system) / 1000) };
    } finally {
      this.#working.delete(working);
    }
  }

  /** Lets time pass. Resolves when everything due until then has happened. */
  async advanceTo(toMs: number): Promise<void> {
    for (;;) {
      await this.#settle();
      const next = this.#due[0];
      if (!next || next.atMs > toMs) break;
      this.#due.shift();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
    this.#nowMs = toMs;
  }

  /** Runs everything that follows from what has happened already. */
  async #settle(): Promise<void> {
    do {
      await Promise.allSettled(this.#working);
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#working.size > 0);
  }
}

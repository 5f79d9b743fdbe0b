import type { Clock } from "../../../src-main/turn/ports.ts";
import { Schedule } from "../../../src-main/turn/schedule.ts";

/** A time that stands still until it is moved, and while real work is under way. Everything due happens in order. */
export class VirtualClock implements Clock {
  readonly #schedule = new Schedule();
  #nowMs = 0;
  readonly #working = new Set<Promise<unknown>>();

  nowMs(): number {
    return this.#nowMs;
  }

  schedule(atMs: number, callback: () => void): () => void {
    return this.#schedule.add(atMs, callback);
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
      const nextAtMs = this.#schedule.nextAtMs;
      if (nextAtMs === undefined || nextAtMs > toMs) break;
      this.#nowMs = Math.max(this.#nowMs, nextAtMs);
      this.#schedule.runNext();
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

import type { Clock } from "../../turn/ports.ts";
import { Schedule } from "../../turn/schedule.ts";

/** A clock that goes as the input does: it stands still until audio has come in. */
export class InputClock implements Clock {
  readonly #schedule = new Schedule();
  #nowMs: number;

  constructor(startsAtMs: number) {
    this.#nowMs = startsAtMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  schedule(atMs: number, callback: () => void): () => void {
    return this.#schedule.add(atMs, callback);
  }

  /** So much audio has come in. What is due by now happens with {@link runDue}. */
  advance(byMs: number): void {
    this.#nowMs += byMs;
  }

  /** Has everything happen that is due, in order. */
  runDue(): void {
    while ((this.#schedule.nextAtMs ?? Infinity) <= this.#nowMs) this.#schedule.runNext();
  }
}

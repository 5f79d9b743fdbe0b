import type { Clock } from "../../turn/ports.ts";

/** A clock that goes as the input does: it stands still until audio has come in. */
export class InputClock implements Clock {
  #nowMs: number;
  #due: { readonly atMs: number; readonly callback: () => void }[] = [];

  constructor(startsAtMs: number) {
    this.#nowMs = startsAtMs;
  }

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

  /** So much audio has come in. What is due by now happens with {@link runDue}. */
  advance(byMs: number): void {
    this.#nowMs += byMs;
  }

  /** Has everything happen that is due, in order. */
  runDue(): void {
    for (let next = this.#due[0]; next && next.atMs <= this.#nowMs; next = this.#due[0]) {
      this.#due.shift();
      next.callback();
    }
  }
}

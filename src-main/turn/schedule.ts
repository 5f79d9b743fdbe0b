/** What is to happen when, for clocks that are moved by hand: in the order of the times, and of the calls where those are the same. */
export class Schedule {
  #due: { readonly atMs: number; readonly callback: () => void }[] = [];

  /** Time of what is next; undefined when there is nothing. */
  get nextAtMs(): number | undefined {
    return this.#due[0]?.atMs;
  }

  /** The returned function cancels. */
  add(atMs: number, callback: () => void): () => void {
    const entry = { atMs, callback };
    const index = this.#due.findIndex((other) => other.atMs > atMs);
    this.#due.splice(index === -1 ? this.#due.length : index, 0, entry);
    return () => {
      this.#due = this.#due.filter((other) => other !== entry);
    };
  }

  /** Has happen what is next, if anything. */
  runNext(): void {
    this.#due.shift()?.callback();
  }
}

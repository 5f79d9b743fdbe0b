/** Longest that a timer of Node can run. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * A counter in shared memory that threads can wait on. The way to use it: read `count`, look whether what you wait for is there, and only then
 * wait with the count you read. Being woken promises nothing: look again.
 */
export class SharedBell {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #word: number;

  /** `word`: place of the counter in `words`. */
  constructor(words: Int32Array<SharedArrayBuffer>, word: number) {
    this.#words = words;
    this.#word = word;
  }

  /** How often it has rung, wrapping at 32 bits. */
  get count(): number {
    return Atomics.load(this.#words, this.#word);
  }

  /** Something happened: counts it and wakes everyone in every thread. */
  ring(): void {
    Atomics.add(this.#words, this.#word, 1);
    this.nudge();
  }

  /** Wakes everyone without counting anything. */
  nudge(): void {
    Atomics.notify(this.#words, this.#word);
  }

  /**
   * Blocks the thread until the bell rings, or is nudged, or the time is over; not at all if it has rung since `seen`.
   * Throws an error that says so on a thread that may not block.
   */
  wait(seen: number, timeoutMs: number): void {
    try {
      Atomics.wait(this.#words, this.#word, seen, timeoutMs);
    } catch (error) {
      throw new Error("This thread may not block: use AsyncAudioStreamer here, or iterate in a worker.", {
        cause: error,
      });
    }
  }

  /**
   * Resolves when the bell rings, or is nudged, or the time is over; at once if it has rung since `seen`. While it waits it holds one timer, which
   * keeps the thread alive.
   */
  async waitAsync(seen: number, timeoutMs: number): Promise<void> {
    const woken = Atomics.waitAsync(this.#words, this.#word, seen);
    if (!woken.async) return;
    // A wait in shared memory cannot be cancelled and keeps no thread alive. The timer does, and wakes it, so that nothing is left behind.
    const timer = setTimeout(() => this.nudge(), Math.min(timeoutMs, LONGEST_TIMER_MS));
    try {
      await woken.value;
    } finally {
      clearTimeout(timer);
    }
  }
}

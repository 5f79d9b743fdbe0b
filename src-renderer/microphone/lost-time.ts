/** Earliest of so many looks: a quarter of a second of render quanta, because the browser renders several in one go. */
const LOOKS = 47;
/** The earliest trembles by less than this. */
const LEAST_LOSS_MS = 8;
/** Two devices drift apart by a few milliseconds in this time, which nothing else shows: a minute. */
const LONGEST_LOOKS = 11_250;

/** Notices that the audio thread fell behind the clock, as in a stall: the browser queues what the microphone brought meanwhile, for good. */
export class LostTime {
  #looks = 0;
  #earliestMs = Number.POSITIVE_INFINITY;
  #usualMs = Number.POSITIVE_INFINITY;

  /** The queue is empty again. */
  restart(): void {
    this.#looks = 0;
    this.#earliestMs = this.#usualMs = Number.POSITIVE_INFINITY;
  }

  /** Is called in each quantum with how far the clock is ahead of the audio's time. True when the queue may have grown. */
  observe(aheadMs: number): boolean {
    if (aheadMs < this.#earliestMs) this.#earliestMs = aheadMs;
    if (++this.#looks % LOOKS !== 0) return false;
    const lostMs = this.#earliestMs - this.#usualMs;
    if (lostMs < 0 || this.#usualMs === Number.POSITIVE_INFINITY) this.#usualMs = this.#earliestMs;
    this.#earliestMs = Number.POSITIVE_INFINITY;
    return lostMs >= LEAST_LOSS_MS || this.#looks >= LONGEST_LOOKS;
  }
}

/** Lost time up to this is a tremble of the clocks. */
const LEAST_LOST_MS = 20;
/** Lost time is believed when so many looks in a row agree. */
const LOOKS = 2;
/** How fast the slow drift between the clocks is followed, as a share of the difference per look. */
const DRIFT_SHARE = 0.02;
/** Quieter than this, -34 dB, nobody speaks. */
const QUIET_RATIO = 0.02;

/**
 * Tells when the microphone lags behind. A browser queues what the microphone gives while its audio thread is late, up to 100 ms, and never
 * catches up: from then on all is heard late. The audio thread was late when its time lost some against the wall clock.
 */
export class MicrophoneBacklog {
  #originMs = Number.MAX_SAFE_INTEGER;
  #lateLooks = 0;
  #isBehind = false;

  /** Regularly: epoch ms at which context time 0 was rendered, as it looks now. */
  observe(renderOriginMs: number): void {
    const lostMs = renderOriginMs - this.#originMs;
    this.#lateLooks = lostMs > LEAST_LOST_MS ? this.#lateLooks + 1 : 0;
    if (this.#lateLooks === LOOKS) this.#isBehind = true;
    if (lostMs < 0 || this.#lateLooks === LOOKS) this.#originMs = renderOriginMs;
    else if (this.#lateLooks === 0) this.#originMs += DRIFT_SHARE * lostMs;
  }

  /** Whether to drop the queue now, at this root mean square of the sound: once after time was lost, when nobody speaks. */
  takeDue(levelRatio: number): boolean {
    const isDue = this.#isBehind && levelRatio < QUIET_RATIO;
    if (isDue) this.#isBehind = false;
    return isDue;
  }
}

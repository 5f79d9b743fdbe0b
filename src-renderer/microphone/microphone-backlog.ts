/** Lost time up to this is a tremble of the clocks. */
const LEAST_LOST_MS = 20;
/** Lost time is believed when so many looks in a row agree. */
const LOOKS = 2;
/** How fast the slow drift between the clocks is followed, as a share of the difference per look. */
const DRIFT_SHARE = 0.02;
/** Quieter than this, -34 dB, nobody speaks. */
const QUIET_RATIO = 0.02;
/** And so many levels in a row, ten of which are a second, are no pause within what somebody says. */
const QUIET_LEVELS = 5;

/**
 * Tells when the microphone lags behind. A browser queues what the microphone gives while its audio thread is late, up to 100 ms, and never
 * catches up: from then on all is heard late. The audio thread was late when its time lost some against the wall clock.
 */
export class MicrophoneBacklog {
  #originMs = Number.MAX_SAFE_INTEGER;
  #lateLooks = 0;
  #isBehind = false;
  #quietLevels = 0;

  /** Regularly: epoch ms at which context time 0 was rendered, as it looks now. */
  observe(renderOriginMs: number): void {
    const lostMs = renderOriginMs - this.#originMs;
    this.#lateLooks = lostMs > LEAST_LOST_MS ? this.#lateLooks + 1 : 0;
    if (this.#lateLooks === LOOKS) this.#isBehind = true;
    if (lostMs < 0 || this.#lateLooks === LOOKS) this.#originMs = renderOriginMs;
    else if (this.#lateLooks === 0) this.#originMs += DRIFT_SHARE * lostMs;
  }

  /** With every level, a root mean square: whether to drop the queue now. Once after time was lost, when nobody has spoken for 0.5 s. */
  takeDue(levelRatio: number): boolean {
    this.#quietLevels = levelRatio < QUIET_RATIO ? this.#quietLevels + 1 : 0;
    const isDue = this.#isBehind && this.#quietLevels >= QUIET_LEVELS;
    if (isDue) this.#isBehind = false;
    return isDue;
  }
}

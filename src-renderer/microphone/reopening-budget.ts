const DELAYS_MS = [0, 250, 500, 1_000, 2_000, 4_000];
const FORGOTTEN_AFTER_MS = 30_000;

/**
 * How often and how soon a microphone that was lost is opened again: at once, then after growing pauses, six times within about 8 s. A headset
 * that changes its profile goes away twice within 2 s. Thirty quiet seconds, or `renew`, give it all back.
 */
export class ReopeningBudget {
  #used = 0;
  #lastAtMs = Number.NEGATIVE_INFINITY;

  /** Time to wait before the next opening; undefined when it is no use to go on. */
  next(nowMs: number): number | undefined {
    if (nowMs - this.#lastAtMs > FORGOTTEN_AFTER_MS) this.#used = 0;
    this.#lastAtMs = nowMs;
    return DELAYS_MS[this.#used++];
  }

  /** Something changed, so that it may be of use again. */
  renew(): void {
    this.#used = 0;
  }
}

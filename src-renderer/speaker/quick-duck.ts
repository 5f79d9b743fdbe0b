/** -14 dB: soft enough that the user notices being heard. */
const DUCKED_RATIO = 0.2;
const ATTACK_MS = 5;
const RELEASE_MS = 60;
/** Stays soft for so long after the last sign of speech. */
const HOLD_MS = 250;
/** By then the assistant has understood who speaks; it goes on by its own command, or not at all. */
const LONGEST_MS = 1_000;

/**
 * Lowers the volume the moment somebody speaks over the playback, before anything is understood. It is over soon by itself: whether the
 * playback stays soft is the assistant's decision. Audio thread; allocates nothing.
 */
export class QuickDuck {
  readonly #attackStep: number;
  readonly #releaseStep: number;
  readonly #holdSamples: number;
  readonly #longestSamples: number;
  #ratio = 1;
  #heldSamples = 0;
  #duckedSamples = 0;

  constructor(sampleRateHz: number) {
    const toSamples = (ms: number) => (ms * sampleRateHz) / 1000;
    this.#attackStep = (1 - DUCKED_RATIO) / toSamples(ATTACK_MS);
    this.#releaseStep = (1 - DUCKED_RATIO) / toSamples(RELEASE_MS);
    this.#holdSamples = toSamples(HOLD_MS);
    this.#longestSamples = toSamples(LONGEST_MS);
  }

  /** Whether it holds the volume down. */
  get isDucking(): boolean {
    return this.#heldSamples > 0 && this.#duckedSamples < this.#longestSamples;
  }

  /** Somebody speaks over the playback. */
  trigger(): void {
    this.#heldSamples = this.#holdSamples;
  }

  /** Shapes a block that was rendered at the volume `gainRatio`. The softer of both counts. */
  apply(out: Float32Array, gainRatio: number): void {
    const target = this.isDucking ? DUCKED_RATIO : 1;
    this.#duckedSamples = this.#heldSamples > 0 ? this.#duckedSamples + out.length : 0;
    this.#heldSamples = Math.max(0, this.#heldSamples - out.length);
    if (this.#ratio === 1 && target === 1) return;
    for (let index = 0; index < out.length; index++) {
      this.#ratio =
        this.#ratio > target
          ? Math.max(target, this.#ratio - this.#attackStep)
          : Math.min(target, this.#ratio + this.#releaseStep);
      if (this.#ratio < gainRatio) out[index] = ((out[index] as number) * this.#ratio) / gainRatio;
    }
  }
}

import { AUDIBLE_AMPLITUDE, msToSamples, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";

const ALLOWED_SAMPLES = msToSamples(60, PLAYBACK_RATE_HZ);
/** Silence that stays before the onset of a trimmed beginning, so that soft consonants keep theirs. */
const KEPT_SAMPLES = msToSamples(20, PLAYBACK_RATE_HZ);
/** Longer silence is meant to be heard. */
const LONGEST_TRIM_SAMPLES = msToSamples(2_000, PLAYBACK_RATE_HZ);

/** Finds where the audio of a reply begins, piece by piece. Player thread; allocates nothing. */
export class LeadingSilence {
  #silentSamples = 0;
  #isOver = false;

  /** Whether the first audible sample, or the limit, was found. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Silent samples so far. */
  get samples(): number {
    return this.#silentSamples;
  }

  /** Samples at the beginning that are not to be played. Meaningful when it is over. */
  get trimSamples(): number {
    return this.#silentSamples > ALLOWED_SAMPLES ? this.#silentSamples - KEPT_SAMPLES : 0;
  }

  /** Looks at the next samples. */
  look(pcm: Float32Array, count: number): void {
    for (let index = 0; index < count && !this.#isOver; index++) {
      if (Math.abs(pcm[index] as number) >= AUDIBLE_AMPLITUDE || this.#silentSamples >= LONGEST_TRIM_SAMPLES) {
        this.#isOver = true;
      } else this.#silentSamples++;
    }
  }

  /** No more samples will come. */
  end(): void {
    this.#isOver = true;
  }
}

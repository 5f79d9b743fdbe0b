import type { SampleQueue } from "./sample-queue.ts";

/** Voices have pitch periods of 2.5 to 14 ms (400 to 70 Hz). */
const SHORTEST_SHIFT_MS = 2.5;
const LONGEST_SHIFT_MS = 15;
const CROSSFADE_MS = 8;
/** Speed stays within 0.9 and 1.1: a shift by T needs at least 9 T of input when slower, 11 T when faster. */
const SLOWER_INPUT_PER_SHIFT = 9;
const FASTER_INPUT_PER_SHIFT = 11;
const COARSE_STEP = 4;

/**
 * Changes the tempo of waiting audio within 0.9 and 1.1 without changing its pitch, one splice at a time: finds the shift at which the
 * waveform resembles itself most, and crossfades over it, so that one pitch period is heard twice, or not at all. Between splices
 * every sample passes unchanged. Allocates nothing after construction.
 * Source: WSOLA (Verhelst and Roelands, ICASSP 1993), applied only where time is to be gained, as voice-over-IP jitter buffers do.
 */
export class TimeStretch {
  /** Audio that must wait before a splice can be made. */
  readonly lookaheadSamples: number;
  readonly #shortest: number;
  readonly #longest: number;
  readonly #crossfade: number;
  readonly #input: Float32Array;
  readonly #output: Float32Array;
  #outputIndex = 0;
  #outputLength = 0;
  #consumed = 0;
  #untilNext = 0;

  constructor(sampleRateHz: number) {
    const toSamples = (ms: number) => Math.round((ms * sampleRateHz) / 1000);
    this.#shortest = toSamples(SHORTEST_SHIFT_MS);
    this.#longest = toSamples(LONGEST_SHIFT_MS);
    this.#crossfade = toSamples(CROSSFADE_MS);
    this.lookaheadSamples = this.#longest + this.#crossfade;
    this.#input = new Float32Array(this.lookaheadSamples);
    this.#output = new Float32Array(this.lookaheadSamples);
  }

  /** Spliced samples that wait to be taken; they come before what is in the queue. */
  get pendingSamples(): number {
    return this.#outputLength - this.#outputIndex;
  }

  /** Samples of the input for which the pending ones stand. */
  get pendingInputSamples(): number {
    return this.#outputLength === 0 ? 0 : Math.ceil((this.#consumed * this.pendingSamples) / this.#outputLength);
  }

  /** Samples of the queue that must be heard before the next splice keeps the speed within its bounds. */
  get untilNextSamples(): number {
    return this.#untilNext;
  }

  /** Tells that samples of the queue were heard unchanged. */
  passed(samples: number): void {
    this.#untilNext = Math.max(0, this.#untilNext - samples);
  }

  /** Forgets everything pending. */
  reset(): void {
    this.#outputIndex = this.#outputLength = this.#consumed = this.#untilNext = 0;
  }

  /**
   * Makes one splice at the head of the queue, which holds at least `lookaheadSamples`, when none is pending. Returns by how many samples
   * playback becomes longer, or shorter.
   */
  splice(queue: SampleQueue, tempo: "slower" | "faster"): number {
    const input = this.#input;
    const output = this.#output;
    const fade = this.#crossfade;
    queue.copy(input, 0, 0, input.length);
    const shift = this.#bestShift();
    const slower = tempo === "slower";
    const plain = slower ? shift : 0;
    for (let index = 0; index < plain; index++) output[index] = input[index] as number;
    for (let index = 0; index < fade; index++) {
      const ratio = (index + 0.5) / fade;
      const here = input[index] as number;
      const there = input[shift + index] as number;
      output[plain + index] = slower ? there + ratio * (here - there) : here + ratio * (there - here);
    }
    this.#outputIndex = 0;
    this.#outputLength = plain + fade;
    this.#consumed = slower ? fade : shift + fade;
    this.#untilNext = shift * (slower ? SLOWER_INPUT_PER_SHIFT : FASTER_INPUT_PER_SHIFT) - this.#consumed;
    queue.drop(this.#consumed);
    return shift;
  }

  /** Takes up to `count` pending samples; returns how many. */
  take(into: Float32Array, offset: number, count: number): number {
    const taken = Math.min(count, this.pendingSamples);
    for (let index = 0; index < taken; index++)
      into[offset + index] = this.#output[this.#outputIndex + index] as number;
    this.#outputIndex += taken;
    return taken;
  }

  #bestShift(): number {
    let best = this.#longest;
    let bestLikeness = Number.NEGATIVE_INFINITY;
    for (let shift = this.#shortest; shift <= this.#longest; shift += COARSE_STEP) {
      const likeness = this.#likeness(shift, COARSE_STEP);
      if (likeness <= bestLikeness) continue;
      bestLikeness = likeness;
      best = shift;
    }
    const from = Math.max(this.#shortest, best - COARSE_STEP);
    const to = Math.min(this.#longest, best + COARSE_STEP);
    bestLikeness = Number.NEGATIVE_INFINITY;
    for (let shift = from; shift <= to; shift++) {
      const likeness = this.#likeness(shift, 1);
      if (likeness <= bestLikeness) continue;
      bestLikeness = likeness;
      best = shift;
    }
    return best;
  }

  /** Correlation of the crossfade's two sides, normalized by the energy of the shifted one. */
  #likeness(shift: number, step: number): number {
    const input = this.#input;
    let product = 0;
    let energy = 1e-9;
    for (let index = 0; index < this.#crossfade; index += step) {
      const there = input[shift + index] as number;
      product += (input[index] as number) * there;
      energy += there * there;
    }
    return product / Math.sqrt(energy);
  }
}

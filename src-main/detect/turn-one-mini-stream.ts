import { copyClean } from "../../src-shared/clean-samples.ts";

/** Samples of one step of turn-1-mini: 160 ms at 16 kHz. */
export const STEP_SAMPLES = 2560;

/** Probabilities that one step gives: one for every 20 ms. */
export const STEP_PROBABILITIES = 8;

const PROBABILITY_SAMPLES = STEP_SAMPLES / STEP_PROBABILITIES;

/** What a step gives. `State`: what the next step must be given; a step leaves the one that it was given as it is. */
export interface TurnStep<State> {
  /** Of the end of the turn, oldest first. */
  readonly probabilities: ArrayLike<number>;
  readonly state: State;
}

/** One utterance as turn-1-mini hears it: samples in pieces of any length, run in steps, each with the state that the one before left. */
export class TurnOneMiniStream<State> {
  readonly #run: (audio: Float32Array, state: State) => Promise<TurnStep<State>>;
  readonly #pending = new Float32Array(STEP_SAMPLES);
  #pendingSamples = 0;
  #state: State;
  #probability = 0;

  constructor(blank: State, run: (audio: Float32Array, state: State) => Promise<TurnStep<State>>) {
    this.#state = blank;
    this.#run = run;
  }

  /** Takes mono samples at 16 kHz and runs every step that they complete. Samples are clipped to [-1, 1], and 0 where they are not finite. */
  async hear(pcm: Float32Array): Promise<void> {
    for (let start = 0; start < pcm.length;) {
      const piece = pcm.subarray(start, start + STEP_SAMPLES - this.#pendingSamples);
      copyClean(piece, this.#pending, this.#pendingSamples);
      start += piece.length;
      this.#pendingSamples += piece.length;
      if (this.#pendingSamples < STEP_SAMPLES) return;
      const { probabilities, state } = await this.#run(this.#pending, this.#state);
      this.#state = state;
      this.#probability = probabilities[STEP_PROBABILITIES - 1] as number;
      this.#pendingSamples = 0;
    }
  }

  /**
   * Probability that the turn is over, as of the last 20 ms that were heard completely; 0 before them. Samples that do not fill a step yet are
   * run with silence behind them, and the stream goes on as if they had not been.
   */
  async peek(): Promise<number> {
    const whole = Math.floor(this.#pendingSamples / PROBABILITY_SAMPLES);
    if (whole === 0) return this.#probability;
    this.#pending.fill(0, this.#pendingSamples);
    const { probabilities } = await this.#run(this.#pending, this.#state);
    return probabilities[whole - 1] as number;
  }
}

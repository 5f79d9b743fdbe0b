import { EchoCorrelation } from "./echo-correlation.ts";
import { EchoLateness } from "./echo-lateness.ts";

/** What a search looks at, and how far a slip is found in it. */
const WINDOW_SAMPLES = 4_096;
const LONGEST_SLIP_SAMPLES = 2_304;
/** Weight of a block in the running sums: about 50 ms of 11 ms blocks. */
const BLOCK_SHARE = 0.2;
/** Quieter echo, mean square, tells nothing about its alignment. */
const LEAST_ECHO_POWER = 1e-6;
/** The predicted echo is found in the microphone by less than this share: it is predicted for another instant. */
const MISFIT_SHARE = 0.6;
const MISFIT_BLOCKS = 2;
/** Something this much louder than the echo, in power, hides where the echo is. */
const HIDING_SHARE = 6;
/** Less than this is no echo that came early or late. */
const LEAST_SHARE = 0.1;
/** Fainter than that for so long, 0.5 s, it does not come at another instant either. */
const ABSENT_BLOCKS = 47;
/** A search is made at most every so many blocks. */
const SEARCH_BLOCKS = 2;
/** So alike must microphone and shifted echo be, from 0 to 1 for the same, and so much more than without the shift. */
const LEAST_LIKENESS = 0.35;
const LEAST_ADVANTAGE = 1.3;
/** Two searches in a row have to find the same, give or take this. */
const LARGEST_DISAGREEMENT_SAMPLES = 2;

/**
 * How predicted echo and microphone lie to each other. "hidden": something far louder does not let that be told. "absent": nothing like the
 * echo is heard at all, as with headphones.
 */
export type EchoFit = "fits" | "misfit" | "hidden" | "absent" | { readonly slipSamples: number };

/**
 * Notices when the sound comes through speaker and microphone earlier or later than before (a dropped or a repeated buffer) and tells by how
 * much: the predicted echo is still right then, but for another instant. Allocates nothing while it fits.
 */
export class EchoAlignment {
  readonly #correlation = new EchoCorrelation(2 * WINDOW_SAMPLES);
  readonly #lateness = new EchoLateness();
  readonly #microphone = new Float32Array(WINDOW_SAMPLES);
  readonly #echo = new Float32Array(WINDOW_SAMPLES);
  /** Raised cosine, so that the window's edges are not found. */
  readonly #window = Float32Array.from(
    { length: WINDOW_SAMPLES },
    (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (index + 0.5)) / WINDOW_SAMPLES),
  );
  #filledSamples = 0;
  #lastBest = 0;
  #product = 0;
  #echoPower = 0;
  #heardPower = 0;
  #misfitBlocks = 0;
  #absentBlocks = 0;

  /** Forgets what it heard: the echo is predicted differently from now on. */
  restart(): void {
    this.#lateness.restart();
    this.#echo.fill(0);
    this.#microphone.fill(0);
    this.#product = this.#echoPower = this.#heardPower = 0;
    this.#misfitBlocks = this.#absentBlocks = this.#filledSamples = this.#lastBest = 0;
  }

  /** Takes a block of the microphone and the echo predicted for it. `slipSamples`: the echo comes so much later than predicted. */
  observe(microphone: Float32Array, echo: Float32Array): EchoFit {
    const lateSamples = this.#lateness.observe(microphone, echo);
    if (lateSamples > 0) return { slipSamples: lateSamples };
    const block = microphone.length;
    this.#filledSamples += block;
    this.#microphone.copyWithin(0, block);
    this.#microphone.set(microphone, WINDOW_SAMPLES - block);
    this.#echo.copyWithin(0, block);
    this.#echo.set(echo, WINDOW_SAMPLES - block);
    let [product, power, heard] = [0, 0, 0];
    for (let index = 0; index < block; index++) {
      const predicted = echo[index] as number;
      const sample = microphone[index] as number;
      product += predicted * sample;
      heard += sample * sample;
      power += predicted * predicted;
    }
    this.#product += (product / block - this.#product) * BLOCK_SHARE;
    this.#echoPower += (power / block - this.#echoPower) * BLOCK_SHARE;
    this.#heardPower += (heard / block - this.#heardPower) * BLOCK_SHARE;
    if (this.#echoPower < LEAST_ECHO_POWER) return "fits";
    if (this.#product > MISFIT_SHARE * this.#echoPower) {
      this.#misfitBlocks = this.#lastBest = 0;
      return "fits";
    }
    if (this.#heardPower > HIDING_SHARE * this.#echoPower) return "hidden";
    const isTelling = this.#heardPower > LEAST_SHARE * this.#echoPower;
    this.#absentBlocks = isTelling ? 0 : this.#absentBlocks + 1;
    if (this.#absentBlocks > ABSENT_BLOCKS) return "absent";
    this.#misfitBlocks++;
    if (this.#misfitBlocks < MISFIT_BLOCKS) return "fits";
    const isDue = (this.#misfitBlocks - MISFIT_BLOCKS) % SEARCH_BLOCKS === 0;
    if (!isDue || !isTelling || this.#filledSamples < WINDOW_SAMPLES) return "misfit";
    const slipSamples = this.#search();
    return slipSamples === 0 ? "misfit" : { slipSamples };
  }

  #search(): number {
    const { re, im } = this.#correlation;
    re.fill(0);
    im.fill(0);
    for (let index = 0; index < WINDOW_SAMPLES; index++) {
      const weight = this.#window[index] as number;
      re[index] = weight * (this.#microphone[index] as number);
      im[index] = weight * (this.#echo[index] as number);
    }
    const whole = this.#correlation.correlate();
    const size = 2 * WINDOW_SAMPLES;
    let best = 0;
    for (let slip = -LONGEST_SLIP_SAMPLES; slip <= LONGEST_SLIP_SAMPLES; slip++) {
      if ((re[(slip + size) % size] as number) > (re[(best + size) % size] as number)) best = slip;
    }
    const [likeness, unshifted] = [re[(best + size) % size] as number, re[0] as number];
    const isAgreed = Math.abs(best - this.#lastBest) <= LARGEST_DISAGREEMENT_SAMPLES;
    const isClear = likeness > LEAST_LIKENESS * whole && likeness > LEAST_ADVANTAGE * Math.max(0, unshifted);
    this.#lastBest = isClear ? best : 0;
    return isClear && isAgreed ? best : 0;
  }
}

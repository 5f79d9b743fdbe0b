import { FourierTransform } from "./fourier-transform.ts";

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
/** A search is made at most every so many blocks. */
const SEARCH_BLOCKS = 2;
/** So alike must microphone and shifted echo be, from 0 to 1 for the same, and so much more than without the shift. */
const LEAST_LIKENESS = 0.25;
const LEAST_ADVANTAGE = 1.3;
/** Two searches in a row have to find the same, give or take this. */
const LARGEST_DISAGREEMENT_SAMPLES = 2;
const TINY = 1e-12;

/** How predicted echo and microphone lie to each other. */
export type EchoFit = "fits" | "misfit" | { readonly slipSamples: number };

/**
 * Notices when the sound comes through speaker and microphone earlier or later than before (a dropped or a repeated buffer) and tells by how
 * much: the predicted echo is still right then, but for another instant. Allocates nothing while it fits.
 */
export class EchoAlignment {
  readonly #transform = new FourierTransform(2 * WINDOW_SAMPLES);
  readonly #microphone = new Float32Array(WINDOW_SAMPLES);
  readonly #echo = new Float32Array(WINDOW_SAMPLES);
  readonly #re = new Float32Array(2 * WINDOW_SAMPLES);
  readonly #im = new Float32Array(2 * WINDOW_SAMPLES);
  /** Raised cosine, so that the window's edges are not found. */
  readonly #window = Float32Array.from(
    { length: WINDOW_SAMPLES },
    (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (index + 0.5)) / WINDOW_SAMPLES),
  );
  #filledSamples = 0;
  #lastBest = 0;
  #product = 0;
  #echoPower = 0;
  #misfitBlocks = 0;

  /** Forgets what it heard: the echo is predicted differently from now on. */
  restart(): void {
    this.#echo.fill(0);
    this.#microphone.fill(0);
    this.#product = this.#echoPower = this.#misfitBlocks = this.#filledSamples = this.#lastBest = 0;
  }

  /** Takes a block of the microphone and the echo predicted for it. `slipSamples`: the echo comes so much later than predicted. */
  observe(microphone: Float32Array, echo: Float32Array): EchoFit {
    const block = microphone.length;
    this.#filledSamples += block;
    this.#microphone.copyWithin(0, block);
    this.#microphone.set(microphone, WINDOW_SAMPLES - block);
    this.#echo.copyWithin(0, block);
    this.#echo.set(echo, WINDOW_SAMPLES - block);
    let [product, power] = [0, 0];
    for (let index = 0; index < block; index++) {
      const predicted = echo[index] as number;
      product += predicted * (microphone[index] as number);
      power += predicted * predicted;
    }
    this.#product += (product / block - this.#product) * BLOCK_SHARE;
    this.#echoPower += (power / block - this.#echoPower) * BLOCK_SHARE;
    if (this.#echoPower < LEAST_ECHO_POWER) return "fits";
    if (this.#product > MISFIT_SHARE * this.#echoPower) {
      this.#misfitBlocks = this.#lastBest = 0;
      return "fits";
    }
    this.#misfitBlocks++;
    if (this.#misfitBlocks < MISFIT_BLOCKS) return "fits";
    const isDue = (this.#misfitBlocks - MISFIT_BLOCKS) % SEARCH_BLOCKS === 0;
    if (!isDue || this.#filledSamples < WINDOW_SAMPLES) return "misfit";
    const slipSamples = this.#search();
    return slipSamples === 0 ? "misfit" : { slipSamples };
  }

  #search(): number {
    const [re, im] = [this.#re, this.#im];
    re.fill(0);
    im.fill(0);
    for (let index = 0; index < WINDOW_SAMPLES; index++) {
      const weight = this.#window[index] as number;
      re[index] = weight * (this.#microphone[index] as number);
      im[index] = weight * (this.#echo[index] as number);
    }
    const whole = this.#correlate();
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

  /**
   * Cross-correlation of flattened spectra, so that one period of a voice does not look like the next. Returns what it would be for the same
   * signal twice. Both signals are real: one transform holds the spectra of both, as its even and its odd part.
   */
  #correlate(): number {
    const [re, im] = [this.#re, this.#im];
    this.#transform.forward(re, im);
    const size = re.length;
    let whole = 0;
    for (let bin = 0; bin <= size / 2; bin++) {
      const mirror = (size - bin) % size;
      const heardRe = 0.5 * ((re[bin] as number) + (re[mirror] as number));
      const heardIm = 0.5 * ((im[bin] as number) - (im[mirror] as number));
      const predictedRe = 0.5 * ((im[bin] as number) + (im[mirror] as number));
      const predictedIm = 0.5 * ((re[mirror] as number) - (re[bin] as number));
      const real = heardRe * predictedRe + heardIm * predictedIm;
      const imaginary = heardIm * predictedRe - heardRe * predictedIm;
      const magnitude = Math.sqrt(Math.hypot(real, imaginary));
      whole += mirror === bin ? magnitude : 2 * magnitude;
      const scale = 1 / (magnitude + TINY);
      re[bin] = re[mirror] = real * scale;
      im[bin] = imaginary * scale;
      im[mirror] = -(im[bin] as number);
    }
    this.#transform.inverse(re, im);
    return whole / size;
  }
}

import type { EchoSpectra } from "./echo-canceller.ts";

/** Edges in Hz of the bands that are judged, each by itself: speech over echo shows in the bands where the echo is weak. */
const EDGES_HZ = [200, 400, 700, 1_100, 1_700, 2_600, 3_800, 5_500, 8_000];
const BANDS = EDGES_HZ.length - 1;
/** The power of echo that was there a moment ago counts less by this for every block: what slipped by a block is still echo. */
const ECHO_DECAY = 0.5;
/** What is left of the echo, as a share of it: at first, at least, and how fast it is learned. */
const FIRST_LEAK = 0.3;
const LEAST_LEAK = 0.003;
const LEAK_RISE = 1.08;
const LEAK_FALL = 0.99;
const QUICK_LEAK_FALL = 0.93;
/** The noise floor follows what is left at once when it falls, and slowly when it rises. */
const NOISE_RISE = 1.01;
const LEAST_NOISE = 1e-7;
/** In a band this much above what may be echo or noise, there may be speech. */
const MARGIN = 4;
/** Less than this share of the echo is left where it is predicted for the right instant. */
const EXPLAINED_SHARE = 0.15;
/** Otherwise the microphone has to hold more than so many times the echo. */
const ECHO_MARGIN = 2;
/** And more than so many while the echo is known to be predicted for the wrong instant. */
const LOST_ECHO_MARGIN = 10;
/** Less than this share of the echo is left where nothing of it can be taken for speech. */
const CLEAN_SHARE = 0.02;
/** What is this much louder than any echo that may be expected is none; echo of a moment ago is expected less by the decay for every block. */
const BEYOND_ECHO = 6;
const EXPECTED_DECAY = 0.95;
/** The predicted echo is in the microphone by less than this share: what is heard is echo of another instant, if it is not far louder. */
const LEAST_FIT = 0.5;
const DOMINANT = 4;
/** A band tells at most this much. */
const MOST_BAND_DB = 12;
/** So many decibels in all bands together are speech at once, and so many in two blocks in a row. */
const CLEAR_DB = 30;
const LIKELY_DB = 14;
/** The leak is not learned while there is speech, but no longer than this: then it was no speech. */
const LONGEST_TRUST_BLOCKS = 140;

/**
 * Tells within one or two blocks whether somebody speaks over the echo, from the spectra an echo canceller leaves. Residual echo is no
 * speech, and neither is echo at another instant than predicted. Allocates nothing after construction.
 */
export class NearSpeechDetector {
  readonly #firstBins: Int32Array;
  readonly #left = new Float64Array(BANDS);
  readonly #echo = new Float32Array(BANDS);
  readonly #leak = new Float32Array(BANDS).fill(FIRST_LEAK);
  readonly #noise = new Float32Array(BANDS).fill(1);
  #isExplained = true;
  #mayLeak = false;
  #expectedEcho = 0;
  #lastDb = 0;
  #speechBlocks = 0;

  /** Width of a bin of the spectra in Hz. */
  constructor(binHz: number) {
    this.#firstBins = Int32Array.from(EDGES_HZ, (edge) => Math.round(edge / binHz));
  }

  /** Whether the latest block was predicted well or holds but noise: what is left is hardly echo. */
  get isExplained(): boolean {
    return this.#isExplained;
  }

  /** Whether so much of the echo may be left in the latest block that it can be taken for speech. */
  get mayLeak(): boolean {
    return this.#mayLeak;
  }

  /**
   * Whether somebody speaks in this block. `isLost`: the echo is predicted for the wrong instant. `comingPower` tells what echo the next blocks
   * will hold; it is asked only where there seems to be speech. `blocks`: so many have passed since the last one that was observed.
   */
  observe(spectra: EchoSpectra, isLost: boolean, comingPower?: () => Float32Array, blocks = 1): boolean {
    const [left, echo, heard] = [total(spectra.leftPower), total(spectra.echoPower), total(spectra.microphonePower)];
    const isElsewhere = heard - left + echo < 2 * LEAST_FIT * echo && heard < DOMINANT * echo;
    this.#track(spectra, blocks);
    const isNoise = total(this.#left) < MARGIN * total(this.#noise);
    this.#isExplained = left < EXPLAINED_SHARE * echo || isNoise;
    this.#expectedEcho = Math.max(echo + total(spectra.doubtPower), this.#expectedEcho * EXPECTED_DECAY ** blocks);
    this.#mayLeak = left > CLEAN_SHARE * echo && !isNoise && left < BEYOND_ECHO * this.#expectedEcho;
    const echoMargin = isLost ? LOST_ECHO_MARGIN : ECHO_MARGIN;
    let evidenceDb = isElsewhere ? 0 : this.#weigh(spectra, echoMargin);
    if (evidenceDb > LIKELY_DB && !this.#isExplained && comingPower)
      evidenceDb = this.#weigh(spectra, echoMargin, comingPower());
    const isTrusted = this.#speechBlocks > 0 && this.#speechBlocks < LONGEST_TRUST_BLOCKS;
    if (!isTrusted) this.#learnLeak();
    const speaks = evidenceDb > CLEAR_DB || (evidenceDb > LIKELY_DB && this.#lastDb > LIKELY_DB);
    this.#speechBlocks = speaks ? this.#speechBlocks + blocks : Math.max(0, this.#speechBlocks - blocks);
    this.#lastDb = evidenceDb;
    return speaks;
  }

  /** Follows what is left, echo and noise. */
  #track(spectra: EchoSpectra, blocks: number): void {
    const [noiseRise, echoDecay] = [NOISE_RISE ** blocks, ECHO_DECAY ** blocks];
    for (let band = 0; band < BANDS; band++) {
      const echoBefore = (this.#echo[band] as number) * echoDecay;
      this.#echo[band] = Math.max(this.#sum(spectra.echoPower, band), echoBefore);
      const left = (this.#left[band] = this.#sum(spectra.leftPower, band));
      this.#noise[band] = Math.max(LEAST_NOISE, Math.min(left, (this.#noise[band] as number) * noiseRise));
    }
  }

  /** By how many decibels, in all bands together, there is more than can be echo or noise. */
  #weigh(spectra: EchoSpectra, echoMargin: number, comingPower?: Float32Array): number {
    let evidenceDb = 0;
    for (let band = 0; band < BANDS; band++) {
      const loudestEcho = Math.max(this.#echo[band] as number, comingPower ? this.#sum(comingPower, band) : 0);
      const doubt = this.#sum(spectra.doubtPower, band);
      const floor = MARGIN * ((this.#noise[band] as number) + (this.#leak[band] as number) * loudestEcho + doubt);
      const left = this.#left[band] as number;
      const beyondEcho = this.#sum(spectra.microphonePower, band) - echoMargin * loudestEcho;
      const other = this.#isExplained ? left : Math.min(left, beyondEcho);
      if (other > floor) evidenceDb += Math.min(MOST_BAND_DB, 10 * Math.log10(other / floor));
    }
    return evidenceDb;
  }

  #learnLeak(): void {
    for (let band = 0; band < BANDS; band++) {
      const [echo, leak] = [this.#echo[band] as number, this.#leak[band] as number];
      if (echo <= 10 * (this.#noise[band] as number)) continue;
      const share = (this.#left[band] as number) / (leak * echo);
      this.#leak[band] = Math.max(LEAST_LEAK, Math.min(1, leak * leakChange(share)));
    }
  }

  #sum(power: Float32Array, band: number): number {
    let sum = 0;
    const end = this.#firstBins[band + 1] as number;
    for (let bin = this.#firstBins[band] as number; bin < end; bin++) sum += power[bin] as number;
    return sum;
  }
}

/** `share`: what is left of the echo, relative to what was expected to be left. */
function leakChange(share: number): number {
  if (share > 1) return LEAK_RISE;
  return share > 0.1 ? LEAK_FALL : QUICK_LEAK_FALL;
}

function total(power: Float32Array | Float64Array): number {
  let sum = 0;
  for (let bin = 0; bin < power.length; bin++) sum += power[bin] as number;
  return sum;
}

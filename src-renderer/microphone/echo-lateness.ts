import { EchoCorrelation } from "./echo-correlation.ts";

/** Echo that comes late by up to so much, 107 ms at 24 kHz, is found in what was heard in the latest 21 ms. */
const LONGEST_SAMPLES = 2_560;
const HEARD_SAMPLES = 512;
/** Weight of the sample before, which is taken away: it makes the spectrum of speech flatter, so that one period of a voice is not like the next. */
const EMPHASIS = 0.9;
/** Quieter sound, mean square, tells nothing; what is left of the echo tells nothing either while it is less than this share. */
const LEAST_POWER = 1e-8;
const LEAST_LEFT_SHARE = 0.12;
/** Less than this share of the microphone is left where the echo is predicted for the right instant. */
const MOST_LEFT_SHARE = 0.4;
/** How much less is left than without the shift, in natural logarithms: together for blocks that find the same, and of one block at most. */
const LEAST_EVIDENCE = 4;
const MOST_EVIDENCE = 2;
/** Two blocks find the same, give or take this. */
const LARGEST_DISAGREEMENT_SAMPLES = 2;

/**
 * Notices within some 20 to 30 ms that an echo comes later than predicted, as after a stall of the browser: what was predicted a moment ago is
 * heard now. Speech over the echo is not explained by that. Allocates nothing after construction.
 */
export class EchoLateness {
  readonly #correlation = new EchoCorrelation(4_096);
  readonly #heard = new Float32Array(HEARD_SAMPLES);
  readonly #echo = new Float32Array(LONGEST_SAMPLES + HEARD_SAMPLES);
  #lastHeard = 0;
  #lastEcho = 0;
  #lateSamples = 0;
  #evidence = 0;

  /** Forgets what it heard: the echo is predicted differently from now on. */
  restart(): void {
    this.#heard.fill(0);
    this.#echo.fill(0);
    this.#evidence = 0;
  }

  /** Takes a block of the microphone and the echo predicted for it. By how many samples the echo is late, 0 when that is not seen. */
  observe(microphone: Float32Array, echo: Float32Array): number {
    this.#lastHeard = append(this.#heard, microphone, this.#lastHeard);
    this.#lastEcho = append(this.#echo, echo, this.#lastEcho);
    const lateSamples = this.#find();
    if (lateSamples === 0) this.#evidence = 0;
    if (this.#evidence < LEAST_EVIDENCE) return 0;
    this.#evidence = 0;
    return lateSamples;
  }

  #find(): number {
    const [heard, echo] = [this.#heard, this.#echo];
    let [heardPower, echoPower, left] = [0, 0, 0];
    for (let index = 0; index < HEARD_SAMPLES; index++) {
      const [sample, predicted] = [heard[index] as number, echo[LONGEST_SAMPLES + index] as number];
      heardPower += sample * sample;
      echoPower += predicted * predicted;
      left += (sample - predicted) ** 2;
    }
    if (heardPower < LEAST_POWER * HEARD_SAMPLES || left < LEAST_LEFT_SHARE * heardPower) return 0;
    const { re, im } = this.#correlation;
    re.fill(0);
    im.fill(0);
    re.set(heard);
    im.set(echo);
    this.#correlation.correlatePlainly();
    let [late, leastLeft] = [0, left];
    for (let shift = 1; shift <= LONGEST_SAMPLES; shift++) {
      const from = LONGEST_SAMPLES - shift;
      echoPower += (echo[from] as number) ** 2 - (echo[from + HEARD_SAMPLES] as number) ** 2;
      const shiftedLeft = heardPower + echoPower - 2 * (re[(re.length - from) % re.length] as number);
      if (shiftedLeft < leastLeft) [late, leastLeft] = [shift, shiftedLeft];
    }
    if (late === 0 || leastLeft > MOST_LEFT_SHARE * heardPower) return 0;
    if (Math.abs(late - this.#lateSamples) > LARGEST_DISAGREEMENT_SAMPLES) this.#evidence = 0;
    this.#lateSamples = late;
    this.#evidence += leastLeft > 0 ? Math.min(MOST_EVIDENCE, Math.log(left / leastLeft)) : MOST_EVIDENCE;
    return late;
  }
}

/** Shifts a block into `to`, emphasized; returns its last sample. */
function append(to: Float32Array, block: Float32Array, before: number): number {
  to.copyWithin(0, block.length);
  let last = before;
  for (let index = 0, at = to.length - block.length; index < block.length; index++, at++) {
    const sample = block[index] as number;
    to[at] = sample - EMPHASIS * last;
    last = sample;
  }
  return last;
}

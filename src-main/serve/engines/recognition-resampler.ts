import { CAPTURE_RATE_HZ, RECOGNITION_RATE_HZ } from "../../../src-shared/audio-format.ts";

/** Reach of the filter to either side, in input samples: 1 ms, which output waits for. */
const REACH = 24;
const TAPS = 2 * REACH;
/** Passes all of speech, and what would be mirrored into it is 60 dB down. */
const CUTOFF_HZ = 7_400;
const KAISER_BETA = 6;
/** Input samples for each output sample: 1.5, so outputs lie on an input sample and half way between two in turn. */
const STEP = CAPTURE_RATE_HZ / RECOGNITION_RATE_HZ;
const ON_SAMPLE = lowPass(0);
const BETWEEN_SAMPLES = lowPass(0.5);

/**
 * From CAPTURE_RATE_HZ to RECOGNITION_RATE_HZ with state between pieces, mono: cutting a stream anywhere changes nothing. Output sample n
 * is input time 1.5 n. Costs 10 KB a stream, because a server has many. A windowed sinc in two phases.
 */
export class RecognitionResampler {
  /** Input from sample `#oldest` on. Before the stream there was silence. */
  #input = new Float32Array(REACH);
  #oldest = -REACH;
  #produced = 0;

  /** Takes samples and returns those that are ready. */
  process(pcm: Float32Array): Float32Array<ArrayBuffer> {
    const input = new Float32Array(this.#input.length + pcm.length);
    input.set(this.#input);
    input.set(pcm, this.#input.length);
    const known = this.#oldest + input.length;
    const count = Math.max(0, Math.floor((known - REACH - 1) / STEP) + 1 - this.#produced);
    const out = new Float32Array(count);
    for (let index = 0; index < count; index++) {
      const time = (this.#produced + index) * STEP;
      const whole = Math.floor(time);
      const weights = time === whole ? ON_SAMPLE : BETWEEN_SAMPLES;
      const from = whole - REACH + 1 - this.#oldest;
      let sum = 0;
      for (let tap = 0; tap < TAPS; tap++) sum += (weights[tap] as number) * (input[from + tap] as number);
      out[index] = sum;
    }
    this.#produced += count;
    const keepFrom = Math.floor(this.#produced * STEP) - REACH + 1;
    this.#input = input.slice(keepFrom - this.#oldest);
    this.#oldest = keepFrom;
    return out;
  }
}

/** Weights of the input samples from REACH - 1 before to REACH after, for an output `fraction` of a sample later. They add up to 1. */
function lowPass(fraction: number): Float64Array {
  const weights = Float64Array.from({ length: TAPS }, (_, tap) => {
    const distance = tap - (REACH - 1) - fraction;
    const angle = (2 * Math.PI * CUTOFF_HZ * distance) / CAPTURE_RATE_HZ;
    const sinc = distance === 0 ? 1 : Math.sin(angle) / angle;
    return sinc * bessel(KAISER_BETA * Math.sqrt(Math.max(0, 1 - (distance / REACH) ** 2)));
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Modified Bessel function of the first kind and order 0, by its power series. */
function bessel(value: number): number {
  let term = 1;
  let sum = 1;
  for (let index = 1; term > sum * 1e-12; index++) {
    term *= (value / (2 * index)) ** 2;
    sum += term;
  }
  return sum;
}

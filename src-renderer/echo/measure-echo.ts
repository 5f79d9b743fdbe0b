import { FourierTransform } from "../microphone/fourier-transform.ts";

/** The echo comes back within this time after the sound was played. */
const LONGEST_ECHO_DELAY_MS = 450;
/** A clock that is read a little too late makes the echo seem to come early. */
const EARLIEST_MS = -50;
/** Of an echo, what comes this long before and after its loudest part belongs to it: the room goes on sounding. */
const BEFORE_PEAK_MS = 10;
const AFTER_PEAK_MS = 120;
/** What stands out from the noise by less may be noise: the loudest of some thousand random values is about four times their mean. */
const LEAST_PEAK_TO_NOISE_RATIO = 6;
/** Parts of an echo count when they stand out by this. */
const LEAST_PART_TO_NOISE_RATIO = 4;

/** Told when digital silence came back. */
const MOST_LOSS_DB = 120;

/** What was recorded while a known sound was played. */
export interface EchoRecording {
  /** Mono, at the rate of the sound. Begins well before the sound was played, so that the noise is known. */
  readonly pcm: Float32Array;
  /** Where in `pcm` the sound would begin if it came back without any delay. */
  readonly playedAtSample: number;
  readonly rateHz: number;
}

/** What a recording tells of the echo. */
export interface EchoMeasurement {
  /** Whether the sound was found in it. */
  readonly isFound: boolean;
  /** How much weaker than it was played the sound came back, in dB; when it was not found, what the noise would have let be found. */
  readonly lossDb: number;
}

/** Measures how much of `sound` came back, by looking for it in the recording with delays of up to 450 ms. */
export function measureEcho(sound: Float32Array, { pcm, playedAtSample, rateHz }: EchoRecording): EchoMeasurement {
  const toSamples = (ms: number) => Math.round((ms / 1000) * rateHz);
  const gains = correlate(pcm, sound);
  const from = Math.max(0, playedAtSample + toSamples(EARLIEST_MS));
  const peakAt = loudest(gains, from, playedAtSample + toSamples(LONGEST_ECHO_DELAY_MS));
  const [begin, end] = [Math.max(0, peakAt - toSamples(BEFORE_PEAK_MS)), peakAt + toSamples(AFTER_PEAK_MS)];
  const noise = Math.max(rootMeanSquare(gains.subarray(0, Math.min(from, begin))), rootMeanSquare(gains.subarray(end)));
  const peak = Math.abs(gains[peakAt] ?? 0);
  if (peak < LEAST_PEAK_TO_NOISE_RATIO * noise || peak === 0) {
    return { isFound: false, lossDb: lossOf(LEAST_PEAK_TO_NOISE_RATIO * noise) };
  }
  const parts = gains.slice(begin, end).filter((gain) => Math.abs(gain) >= LEAST_PART_TO_NOISE_RATIO * noise);
  const spread = Math.sqrt(energyOf(parts) / energyOf(correlate(sound, sound, toSamples(BEFORE_PEAK_MS))));
  return { isFound: true, lossDb: lossOf(Math.max(peak, spread)) };
}

/** For every delay the gain with which `sound` explains `pcm` best. `early`: how many delays before 0 come first. */
function correlate(pcm: Float32Array, sound: Float32Array, early = 0): Float32Array {
  const delays = Math.max(1, early + pcm.length - sound.length + 1 + early);
  const size = 2 ** Math.ceil(Math.log2(pcm.length + sound.length + early));
  const transform = new FourierTransform(size);
  const [re, im] = [new Float32Array(size), new Float32Array(size)];
  const [soundRe, soundIm] = [new Float32Array(size), new Float32Array(size)];
  re.set(pcm, early);
  soundRe.set(sound);
  transform.forward(re, im);
  transform.forward(soundRe, soundIm);
  for (let bin = 0; bin < size; bin++) {
    const [a, b, c, d] = [re[bin], im[bin], soundRe[bin], soundIm[bin]] as [number, number, number, number];
    re[bin] = a * c + b * d;
    im[bin] = b * c - a * d;
  }
  transform.inverse(re, im);
  const energy = energyOf(sound);
  return re.subarray(0, delays).map((value) => value / energy);
}

function loudest(values: Float32Array, from: number, to: number): number {
  let at = from;
  for (let index = from; index < Math.min(to, values.length); index++) {
    if (Math.abs(values[index] as number) > Math.abs(values[at] as number)) at = index;
  }
  return at;
}

function lossOf(gain: number): number {
  return gain === 0 ? MOST_LOSS_DB : Math.min(MOST_LOSS_DB, -20 * Math.log10(gain));
}

function energyOf(values: Float32Array): number {
  let energy = 0;
  for (const value of values) energy += value * value;
  return energy;
}

function rootMeanSquare(values: Float32Array): number {
  return values.length === 0 ? 0 : Math.sqrt(energyOf(values) / values.length);
}

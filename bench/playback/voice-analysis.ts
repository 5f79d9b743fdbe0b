import { msToSamples, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";

const FRAME_SAMPLES = msToSamples(40, PLAYBACK_RATE_HZ);
const HOP_SAMPLES = msToSamples(10, PLAYBACK_RATE_HZ);
const LOWEST_PITCH_HZ = 70;
const HIGHEST_PITCH_HZ = 350;
const LEAST_VOICING = 0.8;
/** -40 dBFS: quieter frames have no pitch. */
const LEAST_LOUDNESS = 0.01;
const BIN_HZ = 30;
const LOWEST_BIN_HZ = 60;
const HIGHEST_BIN_HZ = 4_000;
const FLOOR_DB = -60;
/** How far the frame that sounds alike may be from where an even tempo would have it. */
const REACH_FRAMES = 4;

/** Periods per second of every 10 ms, by normalized autocorrelation; NaN where there is no voice. */
export function trackPitch(pcm: Float32Array): Float64Array {
  return Float64Array.from({ length: countFrames(pcm) }, (_, frame) => pitchAt(pcm, frame * HOP_SAMPLES));
}

function countFrames(pcm: Float32Array): number {
  return Math.max(0, Math.floor((pcm.length - 2 * FRAME_SAMPLES) / HOP_SAMPLES));
}

function pitchAt(pcm: Float32Array, at: number): number {
  const frame = pcm.subarray(at, at + 2 * FRAME_SAMPLES);
  const likenesses: number[] = [];
  const shortest = Math.floor(PLAYBACK_RATE_HZ / HIGHEST_PITCH_HZ);
  const longest = Math.ceil(PLAYBACK_RATE_HZ / LOWEST_PITCH_HZ);
  for (let period = shortest; period <= longest; period++) likenesses.push(likeness(frame, period));
  const best = Math.max(...likenesses);
  if (!(best >= LEAST_VOICING)) return Number.NaN;
  // Twice the period is as alike as the period: the first peak that is nearly as good counts.
  const index = likenesses.findIndex((value, at) => value >= 0.95 * best && value >= (likenesses[at + 1] ?? 0));
  return PLAYBACK_RATE_HZ / (shortest + index + peakOffset(likenesses, index));
}

/** Correlation of a frame with itself one period later, from -1 to 1; 0 where it is too quiet. */
function likeness(frame: Float32Array, period: number): number {
  let [product, here, there] = [0, 0, 0];
  for (let index = 0; index < FRAME_SAMPLES; index++) {
    const [one, other] = [frame[index] as number, frame[index + period] as number];
    product += one * other;
    here += one * one;
    there += other * other;
  }
  return here < FRAME_SAMPLES * LEAST_LOUDNESS ** 2 ? 0 : product / Math.sqrt(here * there);
}

/** Where between the samples a parabola through three of them has its peak. */
function peakOffset(values: readonly number[], index: number): number {
  const [before, at, after] = [values[index - 1], values[index], values[index + 1]];
  if (before === undefined || at === undefined || after === undefined) return 0;
  const curve = before - 2 * at + after;
  return curve === 0 ? 0 : Math.max(-0.5, Math.min(0.5, (before - after) / (2 * curve)));
}

/** Loudness in dB of bins of 30 Hz from 60 Hz to 4 kHz, every 10 ms, by a Hann window of 40 ms. */
export function spectra(pcm: Float32Array): readonly Float32Array[] {
  const bins = Math.floor((HIGHEST_BIN_HZ - LOWEST_BIN_HZ) / BIN_HZ);
  const waves = Array.from({ length: bins }, (_, bin) => windowedWave(LOWEST_BIN_HZ + bin * BIN_HZ));
  return Array.from({ length: countFrames(pcm) }, (_, frame) => {
    return Float32Array.from(waves, (wave) => loudnessDb(pcm, frame * HOP_SAMPLES, wave));
  });
}

interface Wave {
  readonly cosine: Float32Array;
  readonly sine: Float32Array;
}

function windowedWave(frequencyHz: number): Wave {
  const step = (2 * Math.PI * frequencyHz) / PLAYBACK_RATE_HZ;
  const hann = (index: number): number => (1 - Math.cos((2 * Math.PI * (index + 0.5)) / FRAME_SAMPLES)) / FRAME_SAMPLES;
  const make = (of: (angle: number) => number): Float32Array =>
    Float32Array.from({ length: FRAME_SAMPLES }, (_, index) => hann(index) * of(step * index));
  return { cosine: make(Math.cos), sine: make(Math.sin) };
}

function loudnessDb(pcm: Float32Array, at: number, { cosine, sine }: Wave): number {
  let [real, imaginary] = [0, 0];
  for (let index = 0; index < FRAME_SAMPLES; index++) {
    const sample = pcm[at + index] as number;
    real += sample * (cosine[index] as number);
    imaginary += sample * (sine[index] as number);
  }
  return Math.max(FLOOR_DB, 10 * Math.log10(real * real + imaginary * imaginary + 1e-12));
}

/**
 * How far a signal is from the original in dB: each of its frames against the frame of the original that sounds most like it, near where it
 * would be at the given tempo; averaged over the bins and frames that are not silent in both.
 */
export function spectralDistanceDb(
  original: readonly Float32Array[],
  changed: readonly Float32Array[],
  speed: number,
): number {
  let [sum, frames] = [0, 0];
  for (const [index, spectrum] of changed.entries()) {
    const centre = Math.round(index * speed);
    let nearest = Infinity;
    for (let frame = Math.max(0, centre - REACH_FRAMES); frame <= centre + REACH_FRAMES; frame++) {
      const other = original[frame];
      if (other) nearest = Math.min(nearest, differenceDb(spectrum, other));
    }
    if (nearest === Infinity || spectrum.every((db) => db === FLOOR_DB)) continue;
    sum += nearest;
    frames++;
  }
  return sum / frames;
}

function differenceDb(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let bin = 0; bin < one.length; bin++) sum += Math.abs((one[bin] as number) - (other[bin] as number));
  return sum / one.length;
}

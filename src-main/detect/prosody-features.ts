import { RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { copyClean } from "../../src-shared/clean-samples.ts";
import { logMel, MEL_BANDS, MEL_HOP_SAMPLES } from "./log-mel.ts";

/** What is listened to: the last 2 s. */
export const PROSODY_SAMPLES = 2 * RECOGNITION_RATE_HZ;
const FRAMES = PROSODY_SAMPLES / MEL_HOP_SAMPLES;

/** 4 kHz has all of a voice's pitch. */
const STEP = 4;
const RATE_HZ = RECOGNITION_RATE_HZ / STEP;
const HOP = MEL_HOP_SAMPLES / STEP;
/** 64 ms: two periods of the deepest voice. */
const WINDOW = 256;
const LOWEST_HZ = 65;
const PITCHES = 60;
const PITCHES_PER_OCTAVE = 22;
/** Frames quieter than this have no pitch. */
const LEAST_ENERGY = 1e-4;

/** Shape of what the model takes: for each band and each pitch, 200 frames that are 10 ms apart. */
export const PROSODY_SHAPE = [1, MEL_BANDS + PITCHES, FRAMES];

const hannWindow = Float64Array.from({ length: WINDOW }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / WINDOW));
/** The lag of each pitch, which lies between two whole ones. */
const lags = Float64Array.from(
  { length: PITCHES },
  (_, pitch) => RATE_HZ / (LOWEST_HZ * 2 ** (pitch / PITCHES_PER_OCTAVE)),
);
const SHORTEST_LAG = Math.floor(lags[PITCHES - 1] as number);
const LONGEST_LAG = Math.ceil(lags[0] as number);
const windowLikeness = Float64Array.from(
  { length: LONGEST_LAG + 1 },
  (_, lag) => productAt(hannWindow, lag) / productAt(hannWindow, 0),
);

/**
 * How the last 2 s of an utterance sound, with zeros in front of a shorter one: its log-mel spectrogram below its loudest, and under it how much each
 * frame is like itself one period of each pitch later, from 65 to 418 Hz in steps of 1/22 octave. `pcm`: mono samples at 16 kHz. The value of row r in frame t is
 * at `r * 200 + t`. Pure; about 4 ms.
 */
export function prosodyFeatures(pcm: Float32Array): Float32Array {
  const window = new Float32Array(PROSODY_SAMPLES);
  const heard = pcm.subarray(Math.max(0, pcm.length - PROSODY_SAMPLES));
  copyClean(heard, window, PROSODY_SAMPLES - heard.length);
  const features = new Float32Array((MEL_BANDS + PITCHES) * FRAMES);
  const mel = logMel(window);
  const loudest = mel.reduce((most, value) => Math.max(most, value), -Infinity);
  for (let n = 0; n < mel.length; n++) features[n] = (mel[n] as number) - loudest;
  writePitches(window, features.subarray(mel.length));
  return features;
}

function writePitches(pcm: Float32Array, rows: Float32Array): void {
  const samples = decimate(pcm);
  const frame = new Float64Array(WINDOW);
  const likeness = new Float64Array(LONGEST_LAG + 1);
  for (let at = 0; at < FRAMES; at++) {
    for (let n = 0; n < WINDOW; n++) {
      frame[n] = (samples[at * HOP + n - WINDOW / 2] ?? 0) * (hannWindow[n] as number);
    }
    const energy = productAt(frame, 0) + LEAST_ENERGY;
    for (let lag = SHORTEST_LAG; lag <= LONGEST_LAG; lag++) {
      likeness[lag] = productAt(frame, lag) / energy / (windowLikeness[lag] as number);
    }
    for (const [pitch, lag] of lags.entries()) {
      const left = Math.floor(lag);
      const [near, far] = [likeness[left] as number, likeness[left + 1] as number];
      rows[pitch * FRAMES + at] = near + (far - near) * (lag - left);
    }
  }
}

function decimate(pcm: Float32Array): Float32Array {
  return Float32Array.from({ length: pcm.length / STEP }, (_, n) => {
    let sum = 0;
    for (let offset = 0; offset < STEP; offset++) sum += pcm[n * STEP + offset] as number;
    return sum / STEP;
  });
}

/** The samples multiplied by themselves, so many later. */
function productAt(samples: Float64Array, lag: number): number {
  let sum = 0;
  for (let n = lag; n < samples.length; n++) sum += (samples[n] as number) * (samples[n - lag] as number);
  return sum;
}

import { RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { copyClean } from "../../src-shared/clean-samples.ts";
import { logMel, MEL_BANDS, MEL_HOP_SAMPLES } from "./log-mel.ts";

/** What Smart Turn hears: 8 s. */
export const SMART_TURN_SAMPLES = 8 * RECOGNITION_RATE_HZ;

/** Shape of what Smart Turn takes. */
export const SMART_TURN_SHAPE = [1, MEL_BANDS, SMART_TURN_SAMPLES / MEL_HOP_SAMPLES];

/** Keeps silence from being divided by nothing. */
const LEAST_VARIANCE = 1e-7;

/**
 * What Smart Turn takes for an utterance: the log-mel spectrogram of its last 8 s, with zeros in front of a shorter one, all of it brought to
 * a mean of 0 and a variance of 1 first, as Whisper's feature extractor does when it normalizes. `pcm`: mono samples at 16 kHz. Pure; about 8 ms.
 */
export function smartTurnFeatures(pcm: Float32Array): Float32Array {
  const window = new Float32Array(SMART_TURN_SAMPLES);
  const heard = pcm.subarray(Math.max(0, pcm.length - SMART_TURN_SAMPLES));
  copyClean(heard, window, SMART_TURN_SAMPLES - heard.length);
  normalize(window);
  return logMel(window);
}

function normalize(samples: Float32Array): void {
  let [sum, squares] = [0, 0];
  for (const sample of samples) {
    sum += sample;
    squares += sample * sample;
  }
  const mean = sum / samples.length;
  const deviation = Math.sqrt(Math.max(0, squares / samples.length - mean * mean) + LEAST_VARIANCE);
  for (let n = 0; n < samples.length; n++) samples[n] = ((samples[n] as number) - mean) / deviation;
}

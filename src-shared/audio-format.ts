/** Sample rate of microphone frames and of everything the player handles. What Kyutai and Moshi speak. */
export const CAPTURE_RATE_HZ = 24_000;

/** Sample rate of voice activity detection and speech recognition. */
export const RECOGNITION_RATE_HZ = 16_000;

/** Sample rate of the PCM ring, the sinks and the speaker. */
export const PLAYBACK_RATE_HZ = 24_000;

/** -60 dBFS: quieter samples do not count as audible. */
export const AUDIBLE_AMPLITUDE = 0.001;

/** Length of one microphone frame. 512 samples at 16 kHz is the window of Silero VAD. */
export const FRAME_MS = 32;

/** Samples of one frame at {@link CAPTURE_RATE_HZ}. */
export const CAPTURE_FRAME_SAMPLES = 768;

/** Samples of the same frame at {@link RECOGNITION_RATE_HZ}. */
export const RECOGNITION_FRAME_SAMPLES = 512;

/** Duration in ms of a number of samples at a rate. */
export function samplesToMs(samples: number, rateHz: number): number {
  return (samples * 1000) / rateHz;
}

/** Whole samples nearest to a duration in ms at a rate. */
export function msToSamples(ms: number, rateHz: number): number {
  return Math.round((ms * rateHz) / 1000);
}

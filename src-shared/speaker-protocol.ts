/**
 * Messages between the player worker and the device that plays: a playback worklet in the renderer, or a file or null sink in the worker.
 * A *generation* numbers one reply; messages of an older generation than the newest are void. Samples are mono float32 at
 * PLAYBACK_RATE_HZ in [-1, 1].
 */
export type SpeakerCommand =
  /** A new reply: counters start at zero. Anything older fades out over 5 ms. */
  | { readonly kind: "begin"; readonly generation: number }
  | { readonly kind: "pcm"; readonly generation: number; readonly pcm: Float32Array }
  /** Playback may start: the turn is decided and enough audio is there. */
  | { readonly kind: "start"; readonly generation: number }
  /** No more audio will come after `totalSamples`. */
  | { readonly kind: "end"; readonly generation: number; readonly totalSamples: number }
  /** Everything up to and including `generation` is gone, faded over 5 ms. */
  | { readonly kind: "flush"; readonly generation: number }
  /** Ramp to this amplitude ratio over `rampMs`. */
  | { readonly kind: "gain"; readonly ratio: number; readonly rampMs: number };

/** What the device tells the player worker. Times are epoch ms of the instant at which the sample leaves the speaker. */
export type SpeakerReport =
  /** The first non-silent sample of this reply became audible. */
  | { readonly kind: "audible"; readonly generation: number; readonly atMs: number }
  /** Progress, at least every 100 ms while playing. */
  | ({ readonly kind: "progress" } & PlaybackCounters)
  /** The last sample of the reply was played, or the reply was flushed. */
  | ({
      readonly kind: "finished";
      readonly flushed: boolean;
      readonly atMs: number;
    } & PlaybackCounters);

/** Counters of one reply, in samples at the device. */
export interface PlaybackCounters {
  readonly generation: number;
  readonly playedSamples: number;
  readonly bufferedSamples: number;
  readonly underruns: number;
  readonly gapSamples: number;
  readonly deepestGapSamples: number;
  /** Least audio that waited while playing and before the end was known; -1 when the end was known from the start. */
  readonly bufferMinSamples: number;
}

/**
 * Messages between the player worker and the device that plays: a playback worklet in the renderer, or a native, file or null sink in the
 * worker. A *generation* numbers one reply; messages of an older generation than the newest are void. Samples are mono float32 at
 * PLAYBACK_RATE_HZ in [-1, 1].
 */
export type SpeakerCommand =
  /** A reply, from its sample `firstSample` on: counters start at zero. Anything older fades out over 5 ms. */
  | { readonly kind: "begin"; readonly generation: number; readonly firstSample: number }
  | { readonly kind: "pcm"; readonly generation: number; readonly pcm: Float32Array }
  /** Playback may start, or go on after a gap. */
  | { readonly kind: "start"; readonly generation: number }
  /** No more audio will come after sample `totalSamples` of the reply. */
  | { readonly kind: "end"; readonly generation: number; readonly totalSamples: number }
  /** Everything up to and including `generation` is gone, faded over 5 ms. */
  | { readonly kind: "flush"; readonly generation: number }
  /** Fades out over 5 ms and holds the next sample until `resume`. */
  | { readonly kind: "pause"; readonly generation: number }
  | { readonly kind: "resume"; readonly generation: number }
  /** Plays slower while less than `slowBelowSamples` wait, faster while more than `hurryAboveSamples` wait (0: never). */
  | {
      readonly kind: "tempo";
      readonly generation: number;
      readonly slowBelowSamples: number;
      readonly hurryAboveSamples: number;
    }
  /** Ramp to this amplitude ratio over `rampMs`. */
  | { readonly kind: "gain"; readonly ratio: number; readonly rampMs: number };

/** What the device tells the player worker. Times are epoch ms of the instant at which the sample leaves the speaker. */
export type SpeakerReport =
  /** The first non-silent sample of this reply became audible. */
  | { readonly kind: "audible"; readonly generation: number; readonly atMs: number; readonly outputLatencyMs: number }
  /** Nothing is left to play although the reply goes on: silent until the next `start`. */
  | ({ readonly kind: "starved" } & PlaybackCounters)
  /** Progress, at least every 40 ms while playing. */
  | ({ readonly kind: "progress" } & PlaybackCounters)
  /** The last sample of the reply was played, or the reply was flushed. */
  | ({ readonly kind: "finished"; readonly flushed: boolean; readonly atMs: number } & PlaybackCounters);

/** Counters of one reply at one device. */
export interface PlaybackCounters {
  readonly generation: number;
  /** Position in the reply: the sample that is heard next. */
  readonly positionSamples: number;
  /** Samples of the reply that were heard on this device. */
  readonly playedSamples: number;
  /** Device time from the first sample played to the last, gaps and pauses included. */
  readonly elapsedSamples: number;
  readonly bufferedSamples: number;
  readonly underruns: number;
  readonly gapSamples: number;
  readonly deepestGapSamples: number;
  /** Device time gained or lost by changes of tempo, each counted as positive. */
  readonly stretchedSamples: number;
  /** Audio that waited at the device while playing and before the end was known; -1 when the end was known from the start. */
  readonly bufferMinMs: number;
  readonly bufferMeanMs: number;
  readonly bufferP05Ms: number;
}

/** Counters before anything was played. */
export function noPlaybackCounters(generation = 0): PlaybackCounters {
  return {
    generation,
    positionSamples: 0,
    playedSamples: 0,
    elapsedSamples: 0,
    bufferedSamples: 0,
    underruns: 0,
    gapSamples: 0,
    deepestGapSamples: 0,
    stretchedSamples: 0,
    bufferMinMs: -1,
    bufferMeanMs: -1,
    bufferP05Ms: -1,
  };
}

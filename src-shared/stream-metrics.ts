/**
 * What the stream player measured of one reply. Times in ms, from the request unless said otherwise; counted in samples at the device and
 * converted once. A field that could not be measured is undefined, never zero.
 */
export interface StreamMetrics {
  /** Request to the first byte (from an engine: the first samples) received from the source. */
  readonly ttfbMs?: number;
  /** Request to the first decoded sample in the player's ring. */
  readonly firstSampleDecodedMs?: number;
  /** Request to the first audible (not silent) sample at the device, output latency included where the device reports it. */
  readonly ttfaMs?: number;
  /** Silence at the beginning of the audio. What of it was over 60 ms was not played. */
  readonly leadingSilenceMs?: number;
  /** Request to the last byte (from an engine: the last sample) received from the source. */
  readonly generationMs?: number;
  /** First played sample to last played sample, gaps and pauses included. */
  readonly playbackMs?: number;
  /** Duration of the audio received. */
  readonly audioMs: number;
  /** Real-time factor of the source: `generationMs` by `audioMs`. Below 1 is faster than real time. */
  readonly rtf?: number;
  /** Gaps inside the reply because nothing was there to play. */
  readonly underruns: number;
  readonly underrunTotalMs: number;
  readonly underrunMaxMs: number;
  /** Time gained by playing slower, or lost by playing faster, both counted as positive. */
  readonly stretchedMs: number;
  /** Audio that waited at the device (at most 4 s are sent ahead), before the end of the reply was known: the least. */
  readonly bufferMinMs?: number;
  /** The mean, likewise. */
  readonly bufferMeanMs?: number;
  /** The 5th percentile, likewise, to 1 ms. */
  readonly bufferP05Ms?: number;
  /** Audio held ready when playback started. */
  readonly startThresholdMs?: number;
  /** Pieces in which the source delivered. */
  readonly chunksReceived: number;
  /** As received, before decoding. */
  readonly bytesReceived: number;
  readonly samplesPlayed: number;
  /** Stretches that could not be decoded and were skipped. */
  readonly decodeErrors: number;
  /** Pieces that came after the source had said that there are no more. */
  readonly chunksAfterEnd: number;
  /** What the device reports between rendering a sample and its leaving the speaker. */
  readonly outputLatencyMs?: number;
  /** Names of the sinks that played, in order. */
  readonly audioPath: string;
}

/**
 * What the stream player measured of one reply. Times in ms, from the request to speak unless said otherwise; counted in samples at the
 * device and converted once. A field that could not be measured is undefined, never zero.
 */
export interface StreamMetrics {
  /** Request to the first bytes or samples received from the source. */
  readonly firstByteMs?: number;
  /** Request to the first audible (non-silent) sample at the device, output latency included where the device reports it. */
  readonly firstAudibleMs?: number;
  /** Request to the last sample received. */
  readonly generationMs?: number;
  /** First played sample to last played sample, gaps included. */
  readonly playbackMs?: number;
  /** Duration of the audio received. */
  readonly audioMs: number;
  /** Gaps inside the reply because nothing was there to play. */
  readonly underruns: number;
  readonly underrunTotalMs: number;
  readonly underrunMaxMs: number;
  readonly chunksReceived: number;
  readonly chunksPlayed: number;
  readonly samplesPlayed: number;
  /** Audio held ready when playback started. */
  readonly startThresholdMs: number;
  /** Least audio held ready while playing, before the end was known. */
  readonly bufferMinMs?: number;
  /** Name of the sink that played. */
  readonly audioPath: string;
}

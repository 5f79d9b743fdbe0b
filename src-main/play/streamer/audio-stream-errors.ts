/** Nothing arrived for `timeoutMs`. The stream is as it was: calling next again waits again. */
export class AudioStreamTimeoutError extends Error {
  override readonly name = "AudioStreamTimeoutError";
  /** The stream that was waited for; undefined when it was any stream of the batch. */
  readonly sampleIndex: number | undefined;
  /** How long was waited. */
  readonly timeoutMs: number;

  constructor(sampleIndex: number | undefined, timeoutMs: number) {
    const what = sampleIndex === undefined ? "No stream of the batch" : `Stream ${sampleIndex}`;
    super(`${what} had a chunk within ${timeoutMs} ms.`);
    this.sampleIndex = sampleIndex;
    this.timeoutMs = timeoutMs;
  }
}

/** A put beyond the hard limit: its caller went on although put had asked it to wait. Nothing of that put was taken. */
export class AudioStreamOverflowError extends Error {
  override readonly name = "AudioStreamOverflowError";
  /** The stream that has no room. */
  readonly sampleIndex: number;
  /** Most that the stream can hold, in samples; every chunk counts one more than its length. */
  readonly limitSamples: number;

  constructor(sampleIndex: number, limitSamples: number) {
    super(
      `Stream ${sampleIndex} can hold ${limitSamples} samples and has no room for this chunk: ` +
        "wait for drained() when put returns false, cut the chunk, or raise boundSamples.",
    );
    this.sampleIndex = sampleIndex;
    this.limitSamples = limitSamples;
  }
}

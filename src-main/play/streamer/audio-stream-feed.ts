import { SharedChunkQueues } from "./shared-chunk-queues.ts";

const DEFAULT_BOUND_SAMPLES = 240_000;

/** How one end of the streams behaves; each end has its own. */
export interface AudioStreamEndOptions<Stop> {
  /**
   * Putting this value in place of a chunk ends that stream, for feeders whose source marks its own end. Compared by identity, never by content:
   * of two arrays with the same samples only the very one that was given here ends anything. Default: null.
   */
  readonly stopSignal?: Stop;
  /** Longest that one step of any iteration waits, from 0 (never waits) on. Default: as long as it takes. */
  readonly timeoutMs?: number;
}

/** Shape of new streams. */
export interface AudioStreamerOptions<Stop> extends AudioStreamEndOptions<Stop> {
  /**
   * From this many samples held in one stream on, `put` asks to wait. A stream can hold at least four times as much and never more than eight times;
   * four bytes each are reserved from the start. Default: 240,000, ten seconds at 24 kHz.
   */
  readonly boundSamples?: number;
}

/** What another thread needs to open its end: can be posted to a worker or given as its data. */
export interface SharedAudioStreams {
  readonly buffer: SharedArrayBuffer;
  /** Of the end that shared; the other end has the same unless it says otherwise. */
  readonly timeoutMs: number;
}

/** The feeding side of the audio streamers. It works in any thread and in several at once, and never blocks. */
export abstract class AudioStreamFeed<Stop> {
  /** Number of streams; their indices are 0 to `batchSize - 1`. */
  readonly batchSize: number;
  /** The value that ends a stream when it is put. */
  readonly stopSignal: Stop | null;
  /** Longest that one step of any iteration waits; Infinity for ever. */
  readonly timeoutMs: number;
  protected readonly queues: SharedChunkQueues;

  /** `streams`: how many new ones, or those of another end. Throws a RangeError for a number or an option that cannot be. */
  protected constructor(streams: number | SharedAudioStreams, options: AudioStreamerOptions<Stop>) {
    const { stopSignal, boundSamples = DEFAULT_BOUND_SAMPLES } = options;
    this.stopSignal = stopSignal === undefined ? null : stopSignal;
    this.timeoutMs = options.timeoutMs ?? (typeof streams === "number" ? Infinity : streams.timeoutMs);
    if (!(this.timeoutMs >= 0)) throw new RangeError(`timeoutMs is a number from 0 on, not ${this.timeoutMs}.`);
    this.queues =
      typeof streams === "number"
        ? SharedChunkQueues.allocate({ batchSize: streams, boundSamples })
        : new SharedChunkQueues(streams.buffer);
    this.batchSize = this.queues.batchSize;
  }

  /** What opens the same streams in another thread, with `attach` of either class. */
  share(): SharedAudioStreams {
    return { buffer: this.queues.buffer, timeoutMs: this.timeoutMs };
  }

  /**
   * Appends a copy of each chunk (mono samples, any number) to the stream whose index stands at the same place of `sampleIndices`.
   * Returns false to ask for patience: everything was taken, but one of these streams now holds its bound, so await `drained` before the next put.
   * Never blocks and never loses a sample of a stream that is open: a feeder that goes on although asked to wait gets an AudioStreamOverflowError
   * at the hard limit and still has its chunk. A chunk for a stream that has ended is dropped and counted.
   * Throws a RangeError for an index that is none or a different number of chunks and indices, and a TypeError for a chunk that is none. A put that
   * throws took nothing.
   */
  put(chunks: readonly (Float32Array | Stop)[], sampleIndices: ArrayLike<number>): boolean {
    const indices = Array.from(sampleIndices);
    if (chunks.length !== indices.length) {
      throw new RangeError(`${chunks.length} chunks cannot go to ${indices.length} streams.`);
    }
    this.queues.put(
      chunks.map((chunk) => this.#chunkOrEnd(chunk)),
      indices,
    );
    return indices.every((sampleIndex) => this.#holdsAtMost(sampleIndex, this.queues.boundSamples - 1));
  }

  /**
   * Ends these streams, or all of them: iterators give out what is left and are done. Ending again changes nothing. Throws a RangeError for an index
   * that is none, before anything ends.
   */
  end(sampleIndices?: ArrayLike<number>): void {
    this.queues.end(this.#indices(sampleIndices));
  }

  /**
   * Resolves when each of these streams, or all of them, holds no more than half its bound or has ended; at once if that is so already. An ended
   * stream keeps nobody waiting, so `end` also lets go of a feeder that waits for a consumer who left. Rejects with a RangeError for an index that
   * is none.
   */
  async drained(sampleIndices?: ArrayLike<number>): Promise<void> {
    const indices = this.#indices(sampleIndices);
    for (;;) {
      const seen = this.queues.departures.count;
      if (this.#areDrained(indices)) return;
      await this.queues.departures.waitAsync(seen, Infinity);
    }
  }

  /** Does what `drained` does by blocking the thread: for a feeder in a worker that cannot await. */
  waitUntilDrained(sampleIndices?: ArrayLike<number>): void {
    const indices = this.#indices(sampleIndices);
    for (;;) {
      const seen = this.queues.departures.count;
      if (this.#areDrained(indices)) return;
      this.queues.departures.wait(seen, Infinity);
    }
  }

  /** For each stream whether it has ended, whatever it still holds. */
  get finishedFlags(): readonly boolean[] {
    return this.#indices().map((sampleIndex) => this.queues.isEnded(sampleIndex));
  }

  /** What a stream holds now, in samples; every chunk counts one more than its length. */
  heldSamples(sampleIndex: number): number {
    return this.queues.heldSamples(sampleIndex);
  }

  /** Chunks that were put after the end of this stream, or of any, by whichever thread, and dropped. */
  chunksAfterEnd(sampleIndex?: number): number {
    const indices = sampleIndex === undefined ? this.#indices() : [sampleIndex];
    return indices.reduce((total, index) => total + this.queues.chunksAfterEnd(index), 0);
  }

  #chunkOrEnd(chunk: Float32Array | Stop): Float32Array | "end" {
    if (Object.is(chunk, this.stopSignal)) return "end";
    if (chunk instanceof Float32Array) return chunk;
    throw new TypeError("A chunk is a Float32Array, or the stop signal of this streamer.");
  }

  #indices(sampleIndices?: ArrayLike<number>): number[] {
    return sampleIndices === undefined ? [...Array(this.batchSize).keys()] : Array.from(sampleIndices);
  }

  #holdsAtMost(sampleIndex: number, samples: number): boolean {
    return this.queues.isEnded(sampleIndex) || this.queues.heldSamples(sampleIndex) <= samples;
  }

  /** Asks about every index, so that one that is none throws. */
  #areDrained(indices: readonly number[]): boolean {
    return indices.filter((sampleIndex) => !this.#holdsAtMost(sampleIndex, this.queues.boundSamples / 2)).length === 0;
  }
}

import { AudioStreamOverflowError } from "./audio-stream-errors.ts";
import { SharedBell } from "./shared-bell.ts";

/** A stream can hold this many times its bound, rounded up to a power of two. */
const LIMIT_PER_BOUND = 4;
const FORMAT = 0x41_53_51_31;

// Words of the header.
const FORMAT_WORD = 0;
const BATCH_SIZE = 1;
const BOUND = 2;
const RING_LENGTH = 3;
const PUT_LOCK = 4;
const BATCH_ARRIVALS = 5;
const DEPARTURES = 6;
const HEADER_WORDS = 16;

// Words of each stream, a cache line apart.
const ARRIVALS = 0;
/** Position behind the newest chunk, times two, plus one once the stream has ended: so that no chunk can slip in behind the end. */
const TAIL = 1;
/** Position of the oldest chunk. */
const HEAD = 2;
const CHUNKS_AFTER_END = 3;
const STREAM_WORDS = 16;

const ENDED_BIT = 1;
/** Positions count words for ever, modulo 2^31; the place in the ring is the position modulo its length. */
const POSITION_MASK = 0x7f_ff_ff_ff;
const LONGEST_LOCK_MS = 2_000;

/** Mono samples in memory of one's own. */
export type Chunk = Float32Array<ArrayBuffer>;

/** Why there is no chunk. */
export type NoChunk = "nothing-yet" | "ended";

/** How a batch of queues is laid out. */
export interface ChunkQueuesShape {
  /** Number of streams, 1 or more. */
  readonly batchSize: number;
  /** From this many samples held in one stream on, its feeder is asked to wait. 1 or more. */
  readonly boundSamples: number;
}

/**
 * A batch of bounded first-in-first-out queues of audio chunks of any length in one SharedArrayBuffer. Any number of threads may put and take at
 * the same time, each through an object of its own over the same memory. Taking and ending never wait for anyone, not even for a thread that was
 * terminated in the middle of a put. Every chunk occupies its length and one more.
 */
export class SharedChunkQueues {
  readonly buffer: SharedArrayBuffer;
  readonly batchSize: number;
  /** See {@link ChunkQueuesShape}. */
  readonly boundSamples: number;
  /** Most that one stream can hold. */
  readonly limitSamples: number;
  /** Rings when any stream got a chunk or ended. */
  readonly batchArrivals: SharedBell;
  /** Rings when a chunk was taken from any stream, and when a stream ended. */
  readonly departures: SharedBell;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #samples: Float32Array<SharedArrayBuffer>;

  /** Opens queues that were allocated in this or any other thread. */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
    this.#samples = new Float32Array(buffer);
    if (this.#words[FORMAT_WORD] !== FORMAT) throw new TypeError("This memory holds no audio streams.");
    this.batchSize = this.#words[BATCH_SIZE] ?? 0;
    this.boundSamples = this.#words[BOUND] ?? 0;
    this.limitSamples = this.#words[RING_LENGTH] ?? 0;
    this.batchArrivals = new SharedBell(this.#words, BATCH_ARRIVALS);
    this.departures = new SharedBell(this.#words, DEPARTURES);
  }

  /** New, empty queues. Throws a RangeError when the shape is not one or the memory cannot be had. */
  static allocate({ batchSize, boundSamples }: ChunkQueuesShape): SharedChunkQueues {
    for (const [name, value] of Object.entries({ batchSize, boundSamples })) {
      if (!Number.isInteger(value) || value < 1)
        throw new RangeError(`${name} is a whole number from 1 on, not ${value}.`);
    }
    const ringLength = 2 ** Math.ceil(Math.log2(boundSamples * LIMIT_PER_BOUND));
    const lengthWords = HEADER_WORDS + batchSize * (STREAM_WORDS + ringLength);
    if (lengthWords > POSITION_MASK)
      throw new RangeError(`${batchSize} streams of ${boundSamples} samples are too many.`);
    const buffer = new SharedArrayBuffer(lengthWords * Int32Array.BYTES_PER_ELEMENT);
    new Int32Array(buffer).set([FORMAT, batchSize, boundSamples, ringLength]);
    return new SharedChunkQueues(buffer);
  }

  /** Rings when this stream got a chunk or ended. */
  arrivals(sampleIndex: number): SharedBell {
    return new SharedBell(this.#words, this.#wordsOf(sampleIndex) + ARRIVALS);
  }

  /** What the stream holds now, in samples. */
  heldSamples(sampleIndex: number): number {
    const stream = this.#wordsOf(sampleIndex);
    const head = Atomics.load(this.#words, stream + HEAD);
    return distance(head, positionOf(Atomics.load(this.#words, stream + TAIL)));
  }

  isEnded(sampleIndex: number): boolean {
    return (Atomics.load(this.#words, this.#wordsOf(sampleIndex) + TAIL) & ENDED_BIT) !== 0;
  }

  /** Chunks that were put after the end of the stream, and dropped. */
  chunksAfterEnd(sampleIndex: number): number {
    return Atomics.load(this.#words, this.#wordsOf(sampleIndex) + CHUNKS_AFTER_END);
  }

  /**
   * Appends a copy of each chunk to the stream of the same place in `sampleIndices`, in order; "end" ends that stream. A chunk for a stream that has
   * ended is dropped and counted. Takes everything or throws: RangeError for an index that is none, {@link AudioStreamOverflowError} when one
   * stream has no room. Waits only for another thread's put.
   */
  put(chunks: readonly (Float32Array | "end")[], sampleIndices: readonly number[]): void {
    const streams = sampleIndices.map((sampleIndex) => this.#wordsOf(sampleIndex));
    this.#lock();
    try {
      this.#requireRoom(chunks, sampleIndices);
      for (const [place, stream] of streams.entries()) {
        const chunk = chunks[place];
        if (chunk === "end") this.#end(stream);
        else if (chunk !== undefined) this.#append(stream, sampleIndices[place] ?? 0, chunk);
      }
    } finally {
      Atomics.store(this.#words, PUT_LOCK, 0);
      Atomics.notify(this.#words, PUT_LOCK, 1);
    }
    this.batchArrivals.ring();
  }

  /** Ends these streams: what they hold can still be taken. Ending again changes nothing. Throws a RangeError before it ends any. */
  end(sampleIndices: readonly number[]): void {
    const streams = sampleIndices.map((sampleIndex) => this.#wordsOf(sampleIndex));
    for (const stream of streams) this.#end(stream);
    this.batchArrivals.ring();
  }

  /** The oldest chunk of a stream, which is then gone from it, or why there is none. "ended" stays so for every taker. */
  take(sampleIndex: number): Chunk | NoChunk {
    const stream = this.#wordsOf(sampleIndex);
    for (;;) {
      const head = Atomics.load(this.#words, stream + HEAD);
      const tail = Atomics.load(this.#words, stream + TAIL);
      const held = distance(head, positionOf(tail));
      if (held === 0) return (tail & ENDED_BIT) === 0 ? "nothing-yet" : "ended";
      const start = this.#ringOf(sampleIndex);
      const length = this.#words[start + this.#place(head)] ?? 0;
      // Another taker may be ahead, and a feeder may be writing here: what was read counts only if the head is still the same in the end.
      if (length < 0 || length >= held || held > this.limitSamples) continue;
      const chunk = new Float32Array(length);
      this.#read(start, this.#place(head + 1), chunk);
      const next = (head + 1 + length) & POSITION_MASK;
      if (Atomics.compareExchange(this.#words, stream + HEAD, head, next) !== head) continue;
      this.departures.ring();
      return chunk;
    }
  }

  #end(stream: number): void {
    Atomics.or(this.#words, stream + TAIL, ENDED_BIT);
    new SharedBell(this.#words, stream + ARRIVALS).ring();
    this.departures.ring();
  }

  #append(stream: number, sampleIndex: number, chunk: Float32Array): void {
    const tail = Atomics.load(this.#words, stream + TAIL);
    if ((tail & ENDED_BIT) === 0) {
      const start = this.#ringOf(sampleIndex);
      this.#words[start + this.#place(positionOf(tail))] = chunk.length;
      this.#write(start, this.#place(positionOf(tail) + 1), chunk);
      const next = (positionOf(tail) + 1 + chunk.length) << 1;
      if (Atomics.compareExchange(this.#words, stream + TAIL, tail, next) === tail) {
        new SharedBell(this.#words, stream + ARRIVALS).ring();
        return;
      }
    }
    Atomics.add(this.#words, stream + CHUNKS_AFTER_END, 1);
  }

  /** Room only grows while no one else puts. */
  #requireRoom(chunks: readonly (Float32Array | "end")[], sampleIndices: readonly number[]): void {
    const needed = new Map<number, number>();
    for (const [place, sampleIndex] of sampleIndices.entries()) {
      const chunk = chunks[place];
      if (chunk === undefined || chunk === "end" || this.isEnded(sampleIndex)) continue;
      const after = (needed.get(sampleIndex) ?? this.heldSamples(sampleIndex)) + 1 + chunk.length;
      if (after > this.limitSamples) throw new AudioStreamOverflowError(sampleIndex, this.limitSamples);
      needed.set(sampleIndex, after);
    }
  }

  #read(ring: number, place: number, chunk: Chunk): void {
    const first = Math.min(chunk.length, this.limitSamples - place);
    chunk.set(this.#samples.subarray(ring + place, ring + place + first));
    if (first < chunk.length) chunk.set(this.#samples.subarray(ring, ring + chunk.length - first), first);
  }

  #write(ring: number, place: number, chunk: Float32Array): void {
    const first = Math.min(chunk.length, this.limitSamples - place);
    this.#samples.set(first < chunk.length ? chunk.subarray(0, first) : chunk, ring + place);
    if (first < chunk.length) this.#samples.set(chunk.subarray(first), ring);
  }

  #lock(): void {
    const startedAtMs = performance.now();
    while (Atomics.compareExchange(this.#words, PUT_LOCK, 0, 1) !== 0) {
      if (performance.now() - startedAtMs > LONGEST_LOCK_MS)
        throw new Error("Another thread was terminated in the middle of a put.");
      try {
        Atomics.wait(this.#words, PUT_LOCK, 1, 1);
      } catch {
        // A thread that may not block tries again at once: the other copies a few thousand samples at most.
      }
    }
  }

  #place(position: number): number {
    return position & (this.limitSamples - 1);
  }

  #ringOf(sampleIndex: number): number {
    return HEADER_WORDS + this.batchSize * STREAM_WORDS + sampleIndex * this.limitSamples;
  }

  #wordsOf(sampleIndex: number): number {
    if (!Number.isInteger(sampleIndex) || sampleIndex < 0 || sampleIndex >= this.batchSize) {
      throw new RangeError(
        `There is no stream ${sampleIndex}: indices are whole numbers from 0 to ${this.batchSize - 1}.`,
      );
    }
    return HEADER_WORDS + sampleIndex * STREAM_WORDS;
  }
}

function positionOf(tail: number): number {
  return tail >>> 1;
}

function distance(head: number, tail: number): number {
  return (tail - head) & POSITION_MASK;
}

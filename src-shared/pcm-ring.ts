const WRITE = 0;
const READ = 1;
const GENERATION = 2;
const WRITING_GENERATION = 3;
const START = 4;
const WRITES = 5;
const EXPECTED = 6;
const END = 7;
const POSITIONS_BYTES = 32;
const HEADER_BYTES = 48;
const FIRST_WRITE = 0;
const LAST_WRITE = 1;

/**
 * Single-writer single-reader ring of mono float32 samples in shared memory. A *generation* numbers one reply: bumping it voids
 * everything older at once. Positions are 32-bit sample counts that wrap, so the capacity is a power of two. Neither reading nor
 * writing allocates or blocks; only `waitForSpace` blocks, and never on the main thread.
 * Source: the classic lock-free ring with one atomic position per side; the generation and its start position are our addition.
 */
export class PcmRing {
  readonly #header: Int32Array;
  /** Session times of the generation's first and last write. */
  readonly #times: Float64Array;
  readonly #samples: Float32Array;
  readonly #mask: number;
  readonly #nowMs: () => number;
  #readingGeneration: number;

  /** `nowMs`: the session clock, for whoever writes; without it the times of writing are not known (NaN). */
  constructor(buffer: SharedArrayBuffer, nowMs: () => number = () => Number.NaN) {
    this.#nowMs = nowMs;
    this.#header = new Int32Array(buffer, 0, POSITIONS_BYTES / 4);
    this.#times = new Float64Array(buffer, POSITIONS_BYTES, 2);
    this.#samples = new Float32Array(buffer, HEADER_BYTES);
    this.#mask = this.#samples.length - 1;
    this.#readingGeneration = Atomics.load(this.#header, GENERATION);
  }

  /** Shared memory for at least `capacitySamples`, rounded up to a power of two. */
  static allocate(capacitySamples: number): SharedArrayBuffer {
    const capacity = 2 ** Math.ceil(Math.log2(capacitySamples));
    return new SharedArrayBuffer(HEADER_BYTES + capacity * Float32Array.BYTES_PER_ELEMENT);
  }

  get capacitySamples(): number {
    return this.#samples.length;
  }

  /** The generation that may be written and read now. */
  get generation(): number {
    return Atomics.load(this.#header, GENERATION);
  }

  /** Pieces written since the current generation's writer began. */
  get writes(): number {
    return Atomics.load(this.#header, WRITES);
  }

  /** Samples written as `generation` so far; 0 when no one has begun to, or a later one is written. Any thread. */
  writtenSamples(generation: number): number {
    if (Atomics.load(this.#header, WRITING_GENERATION) !== generation) return 0;
    return (Atomics.load(this.#header, WRITE) - Atomics.load(this.#header, START)) | 0;
  }

  /** How many samples the writer of the current generation thinks there will be in all; 0 when it cannot tell. */
  get expectedSamples(): number {
    return Atomics.load(this.#header, EXPECTED);
  }

  /** How many samples there are in all, once that was said; else -1. */
  get endSamples(): number {
    return Atomics.load(this.#header, END);
  }

  /** Epoch ms of the current generation's first write. NaN when its writer has no clock. */
  get firstWriteAtMs(): number {
    return this.#times[FIRST_WRITE] as number;
  }

  /** Epoch ms of the current generation's last write. NaN when its writer has no clock. */
  get lastWriteAtMs(): number {
    return this.#times[LAST_WRITE] as number;
  }

  /** Samples that wait to be read, old generations included until the reader looks. */
  get availableSamples(): number {
    return (Atomics.load(this.#header, WRITE) - Atomics.load(this.#header, READ)) | 0;
  }

  /** Makes `generation` current: older samples are void, and a writer that waits with an older one wakes up. Any thread. */
  setGeneration(generation: number): void {
    Atomics.store(this.#header, GENERATION, generation);
    Atomics.notify(this.#header, READ);
  }

  /**
   * The writer announces that its samples of `generation` start here. Writer thread, before the first write; again for the same generation
   * it does nothing, so that every sentence of a reply may announce itself.
   */
  beginWriting(generation: number): void {
    if (Atomics.load(this.#header, WRITING_GENERATION) === generation) return;
    Atomics.store(this.#header, START, Atomics.load(this.#header, WRITE));
    Atomics.store(this.#header, WRITES, 0);
    Atomics.store(this.#header, EXPECTED, 0);
    Atomics.store(this.#header, END, -1);
    Atomics.store(this.#header, WRITING_GENERATION, generation);
  }

  /** The writer's estimate of the length of its generation, as often as it changes. Writer thread. */
  expect(totalSamples: number): void {
    Atomics.store(this.#header, EXPECTED, Math.min(totalSamples, 2 ** 31 - 1));
  }

  /** Says that there will be no more than so many samples. Any thread, after the writer began its generation. */
  endAt(totalSamples: number): void {
    Atomics.store(this.#header, END, totalSamples);
  }

  /** Writes up to `length` samples; returns how many fitted (0 when full), or -1 when `generation` is void. Writer thread. */
  write(pcm: Float32Array, offset: number, length: number, generation: number): number {
    if (Atomics.load(this.#header, GENERATION) !== generation) return -1;
    const write = Atomics.load(this.#header, WRITE);
    const free = this.#samples.length - ((write - Atomics.load(this.#header, READ)) | 0);
    const count = Math.min(length, free);
    if (count <= 0) return 0;
    let index = write & this.#mask;
    for (let from = offset; from < offset + count; from++) {
      this.#samples[index] = pcm[from] as number;
      index = (index + 1) & this.#mask;
    }
    const atMs = this.#nowMs();
    if (Atomics.add(this.#header, WRITES, 1) === 0) this.#times[FIRST_WRITE] = atMs;
    this.#times[LAST_WRITE] = atMs;
    Atomics.store(this.#header, WRITE, (write + count) | 0);
    Atomics.notify(this.#header, WRITE);
    return count;
  }

  /** Blocks the writer's thread until something was read or voided, or the time is over. Not on the main thread. */
  waitForSpace(timeoutMs: number): void {
    const read = Atomics.load(this.#header, READ);
    const free = this.#samples.length - ((Atomics.load(this.#header, WRITE) - read) | 0);
    if (free === 0) Atomics.wait(this.#header, READ, read, timeoutMs);
  }

  /**
   * Copies up to `length` samples of the current generation, the first of them `from` samples behind the oldest, and keeps them. Returns how
   * many were there. Reader thread.
   */
  peek(into: Float32Array, from: number, length: number): number {
    if (!this.#catchUp()) return 0;
    const read = Atomics.load(this.#header, READ);
    const count = Math.min(length, ((Atomics.load(this.#header, WRITE) - read) | 0) - from);
    if (count <= 0) return 0;
    let index = (read + from) & this.#mask;
    for (let to = 0; to < count; to++) {
      into[to] = this.#samples[index] as number;
      index = (index + 1) & this.#mask;
    }
    return count;
  }

  /** Lets go of the oldest `count` samples, which must be there. Reader thread. */
  skip(count: number): void {
    if (count > 0 && this.#catchUp()) this.#moveRead((Atomics.load(this.#header, READ) + count) | 0);
  }

  /** Reads up to `length` samples of the current generation; older ones are skipped. Returns how many were read. Reader thread. */
  read(into: Float32Array, length: number): number {
    const count = this.peek(into, 0, length);
    this.skip(count);
    return count;
  }

  /** Samples of the current generation that were written and not let go of. Reader thread. */
  get waitingSamples(): number {
    return this.#catchUp() ? this.availableSamples : 0;
  }

  /** Drops what is void. False when the current generation has not been begun by its writer. */
  #catchUp(): boolean {
    const current = Atomics.load(this.#header, GENERATION);
    if (current === this.#readingGeneration) return true;
    if (Atomics.load(this.#header, WRITING_GENERATION) !== current) {
      this.#moveRead(Atomics.load(this.#header, WRITE));
      return false;
    }
    this.#moveRead(Atomics.load(this.#header, START));
    this.#readingGeneration = current;
    return true;
  }

  #moveRead(to: number): void {
    Atomics.store(this.#header, READ, to);
    Atomics.notify(this.#header, READ);
  }
}

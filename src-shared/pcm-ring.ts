const WRITE = 0;
const READ = 1;
const GENERATION = 2;
const WRITING_GENERATION = 3;
const START = 4;
const WRITES = 5;
const HEADER_BYTES = 32;

/**
 * Single-writer single-reader ring of mono float32 samples in shared memory. A *generation* numbers one reply: bumping it voids
 * everything older at once. Positions are 32-bit sample counts that wrap, so the capacity is a power of two. Neither reading nor
 * writing allocates or blocks; only `waitForSpace` blocks, and never on the main thread.
 * Source: the classic lock-free ring with one atomic position per side; the generation and its start position are our addition.
 */
export class PcmRing {
  readonly #header: Int32Array;
  readonly #samples: Float32Array;
  readonly #mask: number;
  #readingGeneration: number;

  constructor(buffer: SharedArrayBuffer) {
    this.#header = new Int32Array(buffer, 0, HEADER_BYTES / 4);
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
    Atomics.store(this.#header, WRITING_GENERATION, generation);
  }

  /** Writes up to `length` samples; returns how many fitted (0 when full), or -1 when `generation` is void. Writer thread. */
  write(pcm: Float32Array, offset: number, length: number, generation: number): number {
    if (Atomics.load(this.#header, GENERATION) !== generation) return -1;
    const write = Atomics.load(this.#header, WRITE);
    const free = this.#samples.length - ((write - Atomics.load(this.#header, READ)) | 0);
    const count = Math.min(length, free);
    for (let index = 0; index < count; index++)
      this.#samples[(write + index) & this.#mask] = pcm[offset + index] as number;
    if (count > 0) {
      Atomics.store(this.#header, WRITE, (write + count) | 0);
      Atomics.add(this.#header, WRITES, 1);
      Atomics.notify(this.#header, WRITE);
    }
    return count;
  }

  /** Blocks the writer's thread until something was read or voided, or the time is over. Not on the main thread. */
  waitForSpace(timeoutMs: number): void {
    const read = Atomics.load(this.#header, READ);
    const free = this.#samples.length - ((Atomics.load(this.#header, WRITE) - read) | 0);
    if (free === 0) Atomics.wait(this.#header, READ, read, timeoutMs);
  }

  /** Reads up to `length` samples of the current generation; older ones are skipped. Returns how many were read. Reader thread. */
  read(into: Float32Array, offset: number, length: number): number {
    if (!this.#catchUp()) return 0;
    const read = Atomics.load(this.#header, READ);
    const count = Math.min(length, (Atomics.load(this.#header, WRITE) - read) | 0);
    for (let index = 0; index < count; index++)
      into[offset + index] = this.#samples[(read + index) & this.#mask] as number;
    if (count > 0) this.#moveRead((read + count) | 0);
    return count;
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

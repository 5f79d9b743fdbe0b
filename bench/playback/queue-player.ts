/**
 * The baseline: a player with one queue entry per sample, as many voice clients have it. Bytes are taken apart sample by sample under a lock,
 * the oldest sample is dropped when 48,000 wait, and the device's callback takes samples one by one under the same lock.
 */
export class QueuePlayer {
  readonly #queue = new SampleEntries(48_000);
  readonly #lock = new Lock();

  /** Entries that wait. */
  get length(): number {
    return this.#queue.length;
  }

  /** Takes 16-bit little-endian mono samples. */
  addChunk(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at + 1 < bytes.length; at += 2) {
      this.#lock.take();
      this.#queue.put(view.getInt16(at, true) / 32_768);
      this.#lock.release();
    }
  }

  /** The device's callback: fills a block, with silence where nothing waits. */
  render(block: Float32Array): void {
    for (let index = 0; index < block.length; index++) {
      this.#lock.take();
      block[index] = this.#queue.take() ?? 0;
      this.#lock.release();
    }
  }
}

interface Entry {
  readonly sample: number;
  next: Entry | undefined;
}

/** A queue of a fixed length that drops its oldest entry: linked entries, one a sample. */
class SampleEntries {
  length = 0;
  readonly #most: number;
  #first: Entry | undefined;
  #last: Entry | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  put(sample: number): void {
    if (this.length === this.#most) this.take();
    const entry: Entry = { sample, next: undefined };
    if (this.#last) this.#last.next = entry;
    else this.#first = entry;
    this.#last = entry;
    this.length++;
  }

  take(): number | undefined {
    const entry = this.#first;
    if (!entry) return undefined;
    this.#first = entry.next;
    if (!this.#first) this.#last = undefined;
    this.length--;
    return entry.sample;
  }
}

/** A lock as two threads would share it: one compare-and-exchange to take it when it is free, which it always is here. */
class Lock {
  readonly #word = new Int32Array(new SharedArrayBuffer(4));

  take(): void {
    while (Atomics.compareExchange(this.#word, 0, 0, 1) !== 0) Atomics.wait(this.#word, 0, 1);
  }

  release(): void {
    Atomics.store(this.#word, 0, 0);
    Atomics.notify(this.#word, 0, 1);
  }
}

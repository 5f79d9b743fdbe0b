/**
 * First in, first out queue of mono samples for one thread, with a fixed capacity. Allocates nothing after construction, so an audio
 * thread may use it.
 */
export class SampleQueue {
  readonly #samples: Float32Array;
  #head = 0;
  #length = 0;

  constructor(capacitySamples: number) {
    this.#samples = new Float32Array(capacitySamples);
  }

  /** Samples that wait. */
  get length(): number {
    return this.#length;
  }

  /** Adds samples at the end. Throws a RangeError when they do not fit: whoever sends knows the capacity. */
  append(pcm: Float32Array): void {
    const samples = this.#samples;
    if (this.#length + pcm.length > samples.length) throw new RangeError("more audio than the queue has room for");
    let index = (this.#head + this.#length) % samples.length;
    for (let from = 0; from < pcm.length; from++) {
      samples[index] = pcm[from] as number;
      if (++index === samples.length) index = 0;
    }
    this.#length += pcm.length;
  }

  /** Copies `count` samples, the first of them `from` samples behind the head, without taking them. They must be there. */
  copy(into: Float32Array, offset: number, from: number, count: number): void {
    const samples = this.#samples;
    let index = (this.#head + from) % samples.length;
    for (let to = offset; to < offset + count; to++) {
      into[to] = samples[index] as number;
      if (++index === samples.length) index = 0;
    }
  }

  /** Drops the first `count` samples, which must be there. */
  drop(count: number): void {
    this.#head = (this.#head + count) % this.#samples.length;
    this.#length -= count;
  }

  /** Drops everything. */
  clear(): void {
    this.#head = 0;
    this.#length = 0;
  }
}

/**
 * Ends a sound without a click: what was heard last is heard once more, mirrored in time, fading to nothing. The first sample of the tail
 * is the last one of the sound, so there is no step. Allocates nothing after construction.
 */
export class FadeTail {
  readonly #recent: Float32Array;
  readonly #tail: Float32Array;
  #index: number;

  constructor(fadeSamples: number) {
    this.#recent = new Float32Array(fadeSamples);
    this.#tail = new Float32Array(fadeSamples);
    this.#index = fadeSamples;
  }

  /** The sound stopped after the last block, or after sample `end` of the block `out` that is being rendered. */
  start(out?: Float32Array, end = 0): void {
    const recent = this.#recent;
    for (let back = 0; back < this.#tail.length; back++) {
      const at = end - 1 - back;
      const sample = out && at >= 0 ? (out[at] as number) : (recent[recent.length + at] as number);
      this.#tail[back] = sample * (1 - (back + 0.5) / this.#tail.length);
    }
    this.#index = 0;
  }

  /** Adds what is left of the tail to a part of a block. */
  mix(out: Float32Array, from: number, count: number): void {
    const end = from + Math.min(count, this.#tail.length - this.#index);
    for (let index = from; index < end; index++)
      out[index] = (out[index] as number) + (this.#tail[this.#index++] as number);
  }

  /** Keeps the end of a rendered block in mind. */
  remember(out: Float32Array): void {
    const recent = this.#recent;
    if (out.length >= recent.length) {
      const skip = out.length - recent.length;
      for (let index = 0; index < recent.length; index++) recent[index] = out[skip + index] as number;
      return;
    }
    recent.copyWithin(0, out.length);
    recent.set(out, recent.length - out.length);
  }
}

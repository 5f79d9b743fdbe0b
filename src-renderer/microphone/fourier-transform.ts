/** Radix-2 Fourier transform of one size with its tables made beforehand. Transforms in place and allocates nothing after construction. */
export class FourierTransform {
  readonly size: number;
  readonly #cosines: Float32Array;
  readonly #sines: Float32Array;
  readonly #mirrors: Uint32Array;

  /** `size`: a power of two, at least 2. */
  constructor(size: number) {
    this.size = size;
    this.#cosines = Float32Array.from({ length: size / 2 }, (_, index) => Math.cos((2 * Math.PI * index) / size));
    this.#sines = Float32Array.from({ length: size / 2 }, (_, index) => Math.sin((2 * Math.PI * index) / size));
    this.#mirrors = new Uint32Array(size);
    const bits = Math.log2(size);
    for (let index = 0; index < size; index++) {
      let mirror = 0;
      for (let bit = 0; bit < bits; bit++) mirror |= ((index >> bit) & 1) << (bits - 1 - bit);
      this.#mirrors[index] = mirror;
    }
  }

  /** Time to frequency, without a scale. */
  forward(re: Float32Array, im: Float32Array): void {
    const size = this.size;
    const [cosines, sines, mirrors] = [this.#cosines, this.#sines, this.#mirrors];
    for (let index = 0; index < size; index++) {
      const mirror = mirrors[index] as number;
      if (mirror <= index) continue;
      const real = re[index] as number;
      re[index] = re[mirror] as number;
      re[mirror] = real;
      const imaginary = im[index] as number;
      im[index] = im[mirror] as number;
      im[mirror] = imaginary;
    }
    for (let half = 1, stride = size >> 1; half < size; half <<= 1, stride >>= 1) {
      for (let low = 0; low < size; low += half << 1) {
        for (let step = 0, turn = 0; step < half; step++, turn += stride) {
          const even = low + step;
          const odd = even + half;
          const cos = cosines[turn] as number;
          const sin = sines[turn] as number;
          const oddRe = re[odd] as number;
          const oddIm = im[odd] as number;
          const real = oddRe * cos + oddIm * sin;
          const imaginary = oddIm * cos - oddRe * sin;
          const evenRe = re[even] as number;
          const evenIm = im[even] as number;
          re[odd] = evenRe - real;
          im[odd] = evenIm - imaginary;
          re[even] = evenRe + real;
          im[even] = evenIm + imaginary;
        }
      }
    }
  }

  /** Frequency to time, scaled so that it undoes {@link forward}. */
  inverse(re: Float32Array, im: Float32Array): void {
    this.forward(im, re);
    const scale = 1 / this.size;
    for (let index = 0; index < this.size; index++) {
      re[index] = (re[index] as number) * scale;
      im[index] = (im[index] as number) * scale;
    }
  }
}

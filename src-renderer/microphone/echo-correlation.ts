import { FourierTransform } from "./fourier-transform.ts";

const TINY = 1e-12;

/** Compares two real signals at all shifts at once. Allocates nothing after construction. */
export class EchoCorrelation {
  /** The signal that may come later goes in; how alike both are at every shift, modulo the size, comes out. */
  readonly re: Float32Array;
  /** The other signal goes in. */
  readonly im: Float32Array;
  readonly #transform: FourierTransform;

  /** `size`: samples of both signals with the silence that keeps their ends apart, a power of two. */
  constructor(size: number) {
    this.#transform = new FourierTransform(size);
    [this.re, this.im] = [new Float32Array(size), new Float32Array(size)];
  }

  /** The sums of the products at every shift. */
  correlatePlainly(): void {
    this.#correlate(false);
  }

  /**
   * Cross-correlation of flattened spectra, so that one period of a voice does not look like the next. Returns what it would be for the same
   * signal twice.
   */
  correlate(): number {
    return this.#correlate(true);
  }

  /** Both signals are real: one transform holds the spectra of both, as its even and its odd part. */
  #correlate(isFlattened: boolean): number {
    const { re, im } = this;
    this.#transform.forward(re, im);
    const size = re.length;
    let whole = 0;
    for (let bin = 0; bin <= size / 2; bin++) {
      const mirror = (size - bin) % size;
      const laterRe = 0.5 * ((re[bin] as number) + (re[mirror] as number));
      const laterIm = 0.5 * ((im[bin] as number) - (im[mirror] as number));
      const otherRe = 0.5 * ((im[bin] as number) + (im[mirror] as number));
      const otherIm = 0.5 * ((re[mirror] as number) - (re[bin] as number));
      const real = laterRe * otherRe + laterIm * otherIm;
      const imaginary = laterIm * otherRe - laterRe * otherIm;
      const magnitude = Math.sqrt(Math.sqrt(real * real + imaginary * imaginary));
      whole += mirror === bin ? magnitude : 2 * magnitude;
      const scale = isFlattened ? 1 / (magnitude + TINY) : 1;
      re[bin] = re[mirror] = real * scale;
      im[bin] = imaginary * scale;
      im[mirror] = -(im[bin] as number);
    }
    this.#transform.inverse(re, im);
    return whole / size;
  }
}

/**
 * Counts how much audio waited, one observation a device block, in bins of 1 ms, and follows one quantile of it. Asking costs nothing.
 * Allocates nothing after construction; what it answers are whole numbers, because fractions that leave a function cost memory.
 */
export class DepthHistogram {
  readonly #bins: Uint32Array;
  readonly #share: number;
  #observations = 0;
  #sumMs = 0;
  #minMs: number;
  /** The first bin with which at least the wanted share of the observations is counted, and how many lie below it. */
  #quantileBin = 0;
  #belowQuantile = 0;

  /** `share` (above 0, up to 1): which quantile. */
  constructor(longestMs: number, share: number) {
    this.#bins = new Uint32Array(Math.ceil(longestMs) + 1);
    this.#share = share;
    this.#minMs = this.#bins.length;
  }

  observe(depthMs: number): void {
    const bin = Math.min(this.#bins.length - 1, Math.floor(depthMs));
    this.#bins[bin] = this.#in(bin) + 1;
    this.#observations++;
    this.#sumMs += depthMs;
    if (bin < this.#minMs) this.#minMs = bin;
    if (bin < this.#quantileBin) this.#belowQuantile++;
    const wanted = this.#share * this.#observations;
    while (this.#belowQuantile >= wanted) this.#belowQuantile -= this.#in(--this.#quantileBin);
    while (this.#belowQuantile + this.#in(this.#quantileBin) < wanted)
      this.#belowQuantile += this.#in(this.#quantileBin++);
  }

  /** The least in whole ms, or -1 before the first observation. */
  get minMs(): number {
    return this.#observations === 0 ? -1 : this.#minMs;
  }

  /** The mean to 1 ms, or -1 before the first observation. */
  get meanMs(): number {
    return this.#observations === 0 ? -1 : Math.round(this.#sumMs / this.#observations);
  }

  /** The depth below which the share of the observations lies, to 1 ms; -1 before the first observation. */
  get quantileMs(): number {
    return this.#observations === 0 ? -1 : this.#quantileBin;
  }

  clear(): void {
    this.#bins.fill(0);
    this.#observations = this.#sumMs = this.#quantileBin = this.#belowQuantile = 0;
    this.#minMs = this.#bins.length;
  }

  #in(bin: number): number {
    return this.#bins[bin] as number;
  }
}

/** Counts how much audio waited, one observation a device block, in bins of 1 ms. Allocates nothing after construction. */
export class DepthHistogram {
  readonly #bins: Uint32Array;
  #observations = 0;
  #sumMs = 0;
  #minMs = Number.POSITIVE_INFINITY;

  constructor(longestMs: number) {
    this.#bins = new Uint32Array(Math.ceil(longestMs) + 1);
  }

  observe(depthMs: number): void {
    const bin = Math.min(this.#bins.length - 1, Math.floor(depthMs));
    this.#bins[bin] = (this.#bins[bin] as number) + 1;
    this.#observations++;
    this.#sumMs += depthMs;
    if (depthMs < this.#minMs) this.#minMs = depthMs;
  }

  /** The least, or -1 before the first observation. */
  get minMs(): number {
    return this.#observations === 0 ? -1 : this.#minMs;
  }

  /** The mean, or -1 before the first observation. */
  get meanMs(): number {
    return this.#observations === 0 ? -1 : this.#sumMs / this.#observations;
  }

  /** The depth below which `share` (0 to 1) of the observations lie, to 1 ms; -1 before the first observation. */
  quantileMs(share: number): number {
    if (this.#observations === 0) return -1;
    let below = 0;
    for (let bin = 0; bin < this.#bins.length; bin++) {
      below += this.#bins[bin] as number;
      if (below >= share * this.#observations) return Math.max(bin, this.#minMs);
    }
    return this.#bins.length - 1;
  }

  clear(): void {
    this.#bins.fill(0);
    this.#observations = this.#sumMs = 0;
    this.#minMs = Number.POSITIVE_INFINITY;
  }
}

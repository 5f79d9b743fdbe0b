/** Long enough for the way from the worklet through speaker, room and microphone, three times over. */
const CAPACITY_SAMPLES = 32_768;

/** What was played lately, found again by its place in the context's time. Allocates nothing after construction. */
export class PlayedSound {
  readonly #ring = new Float32Array(CAPACITY_SAMPLES);
  #endSample = 0;
  /** Behind the latest sample that sounds. */
  #soundsUntilSample = 0;

  /** Takes a block whose first sample is rendered at `startSample` of the context's time. What was not written is silent. */
  write(block: Float32Array, startSample: number): void {
    const missing = Math.min(CAPACITY_SAMPLES, Math.max(0, startSample - this.#endSample));
    for (let index = startSample - missing; index < startSample; index++) this.#ring[index % CAPACITY_SAMPLES] = 0;
    for (let index = 0; index < block.length; index++) {
      const sample = block[index] as number;
      this.#ring[(startSample + index) % CAPACITY_SAMPLES] = sample;
      if (sample !== 0) this.#soundsUntilSample = startSample + index + 1;
    }
    this.#endSample = startSample + block.length;
  }

  /** Fills `out` with what was rendered from `startSample` on; true when any of it sounds. */
  read(out: Float32Array, startSample: number): boolean {
    if (startSample >= this.#soundsUntilSample) {
      out.fill(0);
      return false;
    }
    let sounds = false;
    for (let index = 0; index < out.length; index++) {
      const at = startSample + index;
      const isKept = at >= 0 && at < this.#endSample && at >= this.#endSample - CAPACITY_SAMPLES;
      const sample = isKept ? (this.#ring[at % CAPACITY_SAMPLES] as number) : 0;
      out[index] = sample;
      if (sample !== 0) sounds = true;
    }
    return sounds;
  }
}

/** Sounds are told apart by so many samples: 21 ms at 24 kHz. */
const SNIPPET_SAMPLES = 512;
/** Samples of the fresh input after which the lag is looked for: 0.15 s for the usual, 1.2 s for what a suspended browser leaves. */
const LOOK_SAMPLES = [3_600, 28_800] as const;
/** Holds the longest look and what arrives while it is made. */
const CAPACITY_SAMPLES = 65_536;
/** Shifts that are compared in one call: less than half a millisecond of work. */
const SHIFTS_PER_CALL = 256;
/** So alike must both be, from 0 to 1 for the same: two resamplers may sample half a step apart. */
const LEAST_LIKENESS = 0.6;
/** Quieter sound, mean square, tells nothing. */
const LEAST_POWER = 1e-12;

/**
 * Finds by how much one input brings the microphone's sound later than a fresh one, whose queue in the browser is still empty. Keeps what the
 * fresh one brought meanwhile. Audio thread; allocates nothing after construction.
 */
export class InputLag {
  readonly #fresh = new Float32Array(CAPACITY_SAMPLES);
  readonly #latest = new Float32Array(SNIPPET_SAMPLES);
  readonly #snippet = new Float32Array(SNIPPET_SAMPLES);
  #freshSamples = 0;
  #look = 0;
  /** Where the fresh input was when the snippet was taken; undefined while it is waited for. */
  #lookedAtSample: number | undefined;
  #nextLag = 0;
  #bestLag = 0;
  #bestLikeness = 0;

  /** Begins anew, with a fresh input that has brought nothing yet. */
  restart(): void {
    this.#freshSamples = this.#look = 0;
    this.#lookedAtSample = undefined;
  }

  /** Takes the same quantum of both. The lag in samples once it is found, "unknown" when it cannot be told, undefined until then. */
  observe(late: Float32Array, fresh: Float32Array): number | "unknown" | undefined {
    for (let index = 0; index < fresh.length; index++) {
      this.#fresh[this.#freshSamples++ % CAPACITY_SAMPLES] = fresh[index] as number;
    }
    this.#latest.copyWithin(0, late.length);
    this.#latest.set(late, SNIPPET_SAMPLES - late.length);
    const wantedSamples = LOOK_SAMPLES[this.#look];
    if (wantedSamples === undefined) return "unknown";
    if (this.#lookedAtSample !== undefined) return this.#compare(this.#lookedAtSample, wantedSamples);
    if (this.#freshSamples >= wantedSamples) this.#begin();
    return undefined;
  }

  /** Copies the latest samples of the fresh input. */
  copyLatest(out: Float32Array): void {
    const from = this.#freshSamples - out.length;
    for (let index = 0; index < out.length; index++) {
      out[index] = this.#fresh[(from + index) % CAPACITY_SAMPLES] as number;
    }
  }

  #begin(): void {
    this.#snippet.set(this.#latest);
    this.#lookedAtSample = this.#freshSamples;
    this.#nextLag = this.#bestLikeness = 0;
  }

  #compare(lookedAtSample: number, wantedSamples: number): number | undefined {
    const lastLag = Math.min(this.#nextLag + SHIFTS_PER_CALL, wantedSamples - SNIPPET_SAMPLES);
    for (; this.#nextLag < lastLag; this.#nextLag++) {
      const likeness = this.#likeness(this.#snippet, lookedAtSample - this.#nextLag);
      if (likeness <= this.#bestLikeness) continue;
      [this.#bestLikeness, this.#bestLag] = [likeness, this.#nextLag];
    }
    if (this.#nextLag < wantedSamples - SNIPPET_SAMPLES) return undefined;
    const isStillSo = this.#likeness(this.#latest, this.#freshSamples - this.#bestLag) >= LEAST_LIKENESS;
    if (this.#bestLikeness >= LEAST_LIKENESS && isStillSo) return this.#bestLag;
    this.#look++;
    this.#lookedAtSample = undefined;
    return undefined;
  }

  /** How alike a snippet is to what the fresh input had brought before `endSample`. */
  #likeness(snippet: Float32Array, endSample: number): number {
    const from = endSample - SNIPPET_SAMPLES;
    let [product, power, freshPower] = [0, 0, 0];
    for (let index = 0; index < SNIPPET_SAMPLES; index++) {
      const [sample, fresh] = [snippet[index] as number, this.#fresh[(from + index) % CAPACITY_SAMPLES] as number];
      product += sample * fresh;
      power += sample * sample;
      freshPower += fresh * fresh;
    }
    if (Math.min(power, freshPower) < LEAST_POWER * SNIPPET_SAMPLES) return 0;
    return product / Math.sqrt(power * freshPower);
  }
}

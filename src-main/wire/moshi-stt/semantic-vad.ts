/** The pause whose probability decides: 2 s in the published models. */
const HORIZON = 2;
/** The model finds its feet: 1 s. */
const IGNORED_STEPS = 12;
const PAUSED = 0.6;
const SPEAKING = 0.4;

/** What the probabilities of pauses say about the speaker, with hysteresis. Pure. */
export class SemanticVad {
  #steps = 0;
  #probability = 0;
  #isPaused = false;

  /** Of the latest step, 0 to 1; 0 before the first one that counts. */
  get probability(): number {
    return this.#probability;
  }

  /** The speaker has made a pause: above 0.6, until it is below 0.4. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** A step of 80 ms. Servers with fewer horizons tell nothing. */
  step(pauseProbabilities: ArrayLike<number>): void {
    this.#steps += 1;
    const probability = pauseProbabilities[HORIZON];
    if (this.#steps <= IGNORED_STEPS || probability === undefined || !(probability >= 0 && probability <= 1)) return;
    this.#probability = probability;
    this.#isPaused = this.#isPaused ? probability >= SPEAKING : probability > PAUSED;
  }
}

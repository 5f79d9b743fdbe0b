/** A text that is read while it is written, by any number of readers, each from wherever it wants. Pure. */
export class GrowingText {
  #soFar = "";
  #isComplete = false;
  readonly #waiting = new Set<() => void>();

  /** A text that is complete from the beginning. */
  static of(text: string): GrowingText {
    const whole = new GrowingText();
    whole.push(text);
    whole.end();
    return whole;
  }

  get soFar(): string {
    return this.#soFar;
  }

  /** Adds text, word boundaries included. */
  push(text: string): void {
    this.#soFar += text;
    this.#wake();
  }

  /** Nothing more will come. */
  end(): void {
    this.#isComplete = true;
    this.#wake();
  }

  /** What was written from the character `start` on, in pieces as they come. Ends with the text, or when aborted. */
  async *read(start: number, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
    for (let at = start; !signal.aborted;) {
      const piece = this.#soFar.slice(at);
      at += piece.length;
      if (piece !== "") yield piece;
      else if (this.#isComplete) return;
      else await this.#grown(signal);
    }
  }

  async #grown(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    this.#waiting.add(wake);
    signal.addEventListener("abort", wake, { once: true });
    await promise;
    this.#waiting.delete(wake);
    signal.removeEventListener("abort", wake);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

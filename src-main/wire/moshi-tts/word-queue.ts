import type { TtsWord } from "./split-tts-words.ts";

/** Words from the client to the synthesizer: written as they come, read one by one. One reader. */
export class WordQueue {
  readonly #words: TtsWord[] = [];
  #isComplete = false;
  #wake: (() => void) | undefined;

  /** Words that wait to be read. */
  get length(): number {
    return this.#words.length;
  }

  push(words: readonly TtsWord[]): void {
    if (this.#isComplete) return;
    this.#words.push(...words);
    this.#wake?.();
  }

  /** No more words will come. */
  complete(): void {
    this.#isComplete = true;
    this.#wake?.();
  }

  /** The next word, which stays in the queue; undefined once there will be none. */
  async peek(): Promise<TtsWord | undefined> {
    while (this.#words.length === 0 && !this.#isComplete) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#words[0];
  }

  /** Takes out the word that {@link peek} gave. */
  take(): void {
    this.#words.shift();
  }

  /** The text up to the next break, word by word. */
  async *untilBreak(): AsyncGenerator<string> {
    for (let word = await this.peek(); word && word.breakMs === 0; word = await this.peek()) {
      this.take();
      yield `${word.text} `;
    }
  }
}

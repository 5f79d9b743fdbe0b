import type { TtsWord } from "./split-tts-words.ts";

/** Words from the client to the synthesizer: written as they come, read one by one. One reader. */
export class WordQueue {
  #arrived: TtsWord[] = [];
  /** Arrived before all those, the next one last: a queue of many that is shifted takes the square of their number. */
  #due: TtsWord[] = [];
  #isComplete = false;
  readonly #onLength: (words: number) => void;
  #wake: (() => void) | undefined;

  /** `onLength` is told how many words wait to be read, whenever that changes. */
  constructor(onLength: (words: number) => void) {
    this.#onLength = onLength;
  }

  push(words: readonly TtsWord[]): void {
    if (this.#isComplete) return;
    for (const word of words) this.#arrived.push(word);
    this.#onLength(this.#length);
    this.#wake?.();
  }

  /** No more words will come. */
  complete(): void {
    this.#isComplete = true;
    this.#wake?.();
  }

  /** The next word, which stays in the queue; undefined once there will be none. */
  async peek(): Promise<TtsWord | undefined> {
    while (this.#length === 0 && !this.#isComplete) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#due.length === 0) [this.#due, this.#arrived] = [this.#arrived.toReversed(), []];
    return this.#due.at(-1);
  }

  /** Takes out the word that {@link peek} gave. */
  take(): void {
    this.#due.pop();
    this.#onLength(this.#length);
  }

  /** The text up to the next break, word by word. */
  async *untilBreak(): AsyncGenerator<string> {
    for (let word = await this.peek(); word && word.breakMs === 0; word = await this.peek()) {
      this.take();
      yield `${word.text} `;
    }
  }

  get #length(): number {
    return this.#due.length + this.#arrived.length;
  }
}

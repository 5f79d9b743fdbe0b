import { cleanTtsText } from "./clean-text.ts";
import { splitTtsWords } from "./split-tts-words.ts";

const WORD_OR_BREAK = /<break\s+time="[\d.]+s"\s*\/?>|\S+?(?=<break\s|\s|$)/g;
/** What may yet become a break, whose tag has a space inside. */
const BEGUN_BREAK = /<break\s[^>]{0,20}$/;
const SLOWEST_START_MS = 5_000;
const SLOWEST_MS_PER_CHARACTER = 500;
/** Words that a server may leave out, or announce otherwise than they were sent. */
const MOST_PASSED_OVER = 8;

/**
 * A growing text as a server gets it, and how much of that it has announced. No word is cut, because none is continued by the next message.
 * Pure.
 */
export class SentWords {
  readonly #words: { readonly key: string; readonly textEnd: number }[] = [];
  #rest = "";
  /** Where the rest begins in the text, in characters. */
  #at = 0;
  #announced = 0;
  #longestMs = SLOWEST_START_MS;

  /** The speech of what was sent is shorter than this. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** Words that were sent and neither announced nor passed over. */
  get unannounced(): number {
    return this.#words.length - this.#announced;
  }

  /** Adds text. What is to be sent now: the words that are complete, or an empty string. */
  push(text: string): string {
    this.#rest += text;
    const begunBreak = BEGUN_BREAK.exec(this.#rest)?.index ?? this.#rest.length;
    return this.#take(this.#rest.slice(0, begunBreak).search(/\S*$/));
  }

  /** The text is over: what is left to be sent. */
  finish(): string {
    return this.#take(this.#rest.length);
  }

  /** Takes note of a word that the server says. How much of the text is said with it, in characters; undefined for a word that was not sent. */
  announce(text: string): number | undefined {
    const key = keyOf(text);
    const next = this.#words.slice(this.#announced, this.#announced + MOST_PASSED_OVER);
    const passedOver = next.findIndex((word) => word.key === key);
    if (passedOver < 0) return undefined;
    this.#announced += passedOver + 1;
    return next[passedOver]?.textEnd;
  }

  #take(length: number): string {
    const message: string[] = [];
    for (const match of this.#rest.slice(0, length).matchAll(WORD_OR_BREAK)) {
      const cleaned = cleanTtsText(match[0]);
      const words = splitTtsWords(cleaned);
      if (words.length === 0) continue;
      message.push(cleaned);
      const before = this.#words.at(-1)?.textEnd ?? 0;
      const textEnd = this.#at + match.index + match[0].length;
      for (const [index, { text, breakMs }] of words.entries()) {
        this.#longestMs += breakMs || text.length * SLOWEST_MS_PER_CHARACTER;
        if (breakMs === 0) this.#words.push({ key: keyOf(text), textEnd: index < words.length - 1 ? before : textEnd });
      }
    }
    this.#rest = this.#rest.slice(length);
    this.#at += length;
    return message.join(" ");
  }
}

/** Servers differ in case and punctuation. */
function keyOf(word: string): string {
  return word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

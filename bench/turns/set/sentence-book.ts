import type { Random } from "./random.ts";
import type { PauseKind } from "./turn-item.ts";

/** Sentence templates of one half. `{word}` stands for one of `words`, `|` for a pause of the kind the template is listed under. */
export interface SentenceBook extends Readonly<Record<PauseKind | "whole", readonly string[]>> {
  readonly words: Readonly<Record<string, readonly string[]>>;
}

/** A sentence to say. */
export interface MarkedSentence {
  readonly text: string;
  /** With a comma at each pause, so that what comes before is spoken like something unfinished. */
  readonly spoken: string;
  readonly pauses: number;
}

/** Draws a sentence with its words. */
export function drawSentence(book: SentenceBook, kind: PauseKind | "whole", random: Random): MarkedSentence {
  const filled = random
    .pick(book[kind])
    .replaceAll(/\{(\w+)\}/g, (_, word: string) => random.pick(book.words[word] ?? [word]));
  const sentence = filled.charAt(0).toUpperCase() + filled.slice(1);
  return {
    text: sentence.replaceAll(" |", ""),
    spoken: sentence.replaceAll(" |", ","),
    pauses: sentence.split("|").length - 1,
  };
}

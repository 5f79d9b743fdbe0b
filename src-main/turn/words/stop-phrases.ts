import { phraseLength, phrasesOf, wordsOf } from "./words-of.ts";

const STOP_PHRASES = phrasesOf(
  "stop, wait, no, nope, hold on, hang on, be quiet, quiet, silence, hush, shut up, shut it, enough, that's enough, that is enough, " +
    "that'll do, never mind, nevermind, forget it, cancel, pause, not now, one moment, just a moment, one second, just a second",
);
/** What small recognizers make of a stop phrase that stands alone; "up" is what is left of "stop" where the reply covers its beginning. */
const HEARD_AS_STOP = phrasesOf(
  "up, stuck, step, stock, stopped, stops, start, starts, strike, striking, stripe, tough, it's tough, it's time, it's tight, " +
    "killed on, holed on, hold up, wheat, paws, shout up",
);
/** How "stop" begins, and what is left of it where the reply covers its beginning. */
export const STOP_BEGINNINGS: readonly string[] = ["st", "up"];
const LEAD_INS = phrasesOf(
  "okay, ok, k, all right, alright, right, yeah, yes, please, oh, ah, hey, um, uh, hm, hmm, well, now, just, and, but, so, repartee",
);
const REMAINDERS = phrasesOf(
  "please, now, right now, it, that, there, then, talking, speaking, reading, the answer, thanks, thank you, a moment, a second, " +
    "a minute, for a moment, for a second, okay, ok, up",
);

/** Whether the text begins with a stop phrase, such as "stop", "wait", "no" or "okay enough", whatever comes after it. */
export function beginsWithStop(text: string): boolean {
  const words = wordsOf(text);
  return phraseLength(words, afterAny(words, 0, LEAD_INS), STOP_PHRASES) > 0;
}

/**
 * Whether the text says nothing but stop: one or more stop phrases with polite words around them. "No" and "wait" alone are as well: ask
 * about speech over a reply, not about the answer to a question.
 */
export function isStopOnly(text: string): boolean {
  const words = wordsOf(text);
  let position = afterAny(words, 0, LEAD_INS);
  if (phraseLength(words, position, HEARD_AS_STOP) === words.length - position && position < words.length) return true;
  let stops = 0;
  while (position < words.length) {
    const length = phraseLength(words, position, STOP_PHRASES);
    if (length === 0) return false;
    stops += 1;
    position = afterAny(words, position + length, [...REMAINDERS, ...LEAD_INS]);
  }
  return stops > 0;
}

function afterAny(words: readonly string[], start: number, phrases: readonly (readonly string[])[]): number {
  let position = start;
  for (;;) {
    const length = phraseLength(words, position, phrases);
    if (length === 0) return position;
    position += length;
  }
}

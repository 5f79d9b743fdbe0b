/**
 * The words of a transcript in lower case, without punctuation but for apostrophes inside a word. Letters with full stops between them are
 * one word ("p.m." is "pm"), hyphens part words ("uh-huh" is two), numbers in digits stay digits ("7:05" is two).
 */
export function wordsOf(text: string): readonly string[] {
  const joined = text
    .toLowerCase()
    .replaceAll("’", "'")
    .replace(/(?<![\p{L}\p{N}'])(?:\p{L}\.[ ]?){2,}/gu, (letters) => `${letters.replace(/[. ]/g, "")} `);
  return joined.match(/[\p{L}\p{N}]+(?:'\p{L}+)*/gu) ?? [];
}

/** How many of `words`, from `start` on, are the first of `phrases` that stands there, longest first; 0 when none does. */
export function phraseLength(words: readonly string[], start: number, phrases: readonly (readonly string[])[]): number {
  const found = phrases.filter((phrase) => phrase.every((word, index) => words[start + index] === word));
  return Math.max(0, ...found.map((phrase) => phrase.length));
}

/** Phrases in a text, parted by commas, as lists of words. */
export function phrasesOf(text: string): readonly (readonly string[])[] {
  return text.split(",").map((phrase) => wordsOf(phrase));
}

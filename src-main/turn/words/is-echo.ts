import { wordsOf } from "./words-of.ts";

/** Fewer words are said by chance, or on purpose. */
const LEAST_WORDS = 3;
/** Share of the words that must be in the assistant's. A recognizer gets one of three wrong in an echo. */
const LEAST_SHARE = 2 / 3;
/** Words of the assistant that may be missing in between. */
const MOST_GAPS = 2;

/**
 * Whether `text` is what the assistant itself said: three or more words, at least two thirds of which follow each other in `spokenText`.
 * One or two words never are.
 */
export function isEcho(text: string, spokenText: string): boolean {
  const words = wordsOf(text);
  const spoken = wordsOf(spokenText);
  if (words.length < LEAST_WORDS) return false;
  const wanted = Math.max(LEAST_WORDS, Math.ceil(words.length * LEAST_SHARE - 1e-9));
  return spoken.some((_, start) => {
    const stretch = spoken.slice(start, start + words.length + MOST_GAPS);
    return sharedWords(words, stretch) >= wanted;
  });
}

/** Length of the longest common subsequence. */
function sharedWords(a: readonly string[], b: readonly string[]): number {
  let previous = Array.from({ length: b.length + 1 }, () => 0);
  for (const word of a) {
    const current = [0];
    b.forEach((other, index) => {
      const longest = Math.max(previous[index + 1] as number, current[index] as number);
      current.push(word === other ? (previous[index] as number) + 1 : longest);
    });
    previous = current;
  }
  return previous.at(-1) as number;
}

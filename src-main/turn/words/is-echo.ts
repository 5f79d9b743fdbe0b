import { soundDistance, soundsOf } from "./sound-distance.ts";
import { wordsOf } from "./words-of.ts";

/** Fewer words are said by chance, or on purpose. */
const LEAST_WORDS = 3;
/** Share of the words that must be in the assistant's. A recognizer gets one of three wrong in an echo. */
const LEAST_SHARE = 2 / 3;
/** Words of the assistant that may be missing in between. */
const MOST_GAPS = 2;

/** An echo is heard while it sounds, or just after: among so many of the latest words of the assistant. */
const LATEST_WORDS = 9;
/** A word may be heard as two, and two as one. */
const MOST_WORDS_APART = 2;
/** What sounds as different as this from the assistant's words may still be those words through a loudspeaker. */
const MOST_DISTANCE = 0.25;
/** Shorter ones sound like many words. */
const LEAST_SOUNDS = 4;

/**
 * Whether `text` is what the assistant itself said: three or more words, at least two thirds of which follow each other in `spokenText`, or
 * two or more that sound like some of its latest words. One word never is; see {@link isLastWord}.
 */
export function isEcho(text: string, spokenText: string): boolean {
  const words = wordsOf(text);
  const spoken = wordsOf(spokenText);
  if (soundsLikeLatest(words, spoken.slice(-LATEST_WORDS))) return true;
  if (words.length < LEAST_WORDS) return false;
  const wanted = Math.max(LEAST_WORDS, Math.ceil(words.length * LEAST_SHARE - 1e-9));
  return spoken.some((_, start) => {
    const stretch = spoken.slice(start, start + words.length + MOST_GAPS);
    return sharedWords(words, stretch) >= wanted;
  });
}

/** Whether these very words, of which there may be one alone, are among those that the assistant itself said. */
export function isRepeated(text: string, spokenText: string): boolean {
  return inOneLine(spokenText).includes(inOneLine(text));
}

/** Whether `text` is one word that sounds the same as the last one of the assistant, who did not ask something with it: "two" for "too". */
export function isLastWord(text: string, spokenText: string): boolean {
  const [words, last] = [wordsOf(text), wordsOf(spokenText).slice(-1)];
  return (
    words.length === 1 && !spokenText.trimEnd().endsWith("?") && soundDistance(soundsOf(last), soundsOf(words)) === 0
  );
}

function inOneLine(text: string): string {
  return ` ${wordsOf(text).join(" ")} `;
}

/** "I can't" for "I can not answer". */
function soundsLikeLatest(words: readonly string[], latest: readonly string[]): boolean {
  const heard = soundsOf(words);
  if (words.length < 2 || heard.length < LEAST_SOUNDS) return false;
  return latest.some((_, start) => {
    const most = Math.min(latest.length - start, words.length + MOST_WORDS_APART);
    for (let count = 1; count <= most; count++) {
      if (soundDistance(soundsOf(latest.slice(start, start + count)), heard) <= MOST_DISTANCE) return true;
    }
    return false;
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

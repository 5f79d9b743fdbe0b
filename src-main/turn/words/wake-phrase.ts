import { soundDistance, soundsOf } from "./sound-distance.ts";
import { wordsOf } from "./words-of.ts";

/** A beginning that sounds this different at most is taken for the wake phrase. */
const LARGEST_DISTANCE = 0.3;
/** A recognizer may hear a name that it does not know as up to so many words more. */
const MOST_EXTRA_WORDS = 2;
const LEAD_INS = new Set(["um", "uh", "er", "oh", "so", "and", "okay", "ok", "well"]);

/**
 * What was said after the wake phrase, without the punctuation between; empty when nothing was. Undefined when the text does not begin with
 * the phrase. Case, punctuation, a filler before it and small mishearings do not matter ("Hey, right, Bertie" is "hey repartee"). An empty
 * phrase is always there.
 */
export function stripWakePhrase(text: string, phrase: string): string | undefined {
  const wanted = wordsOf(phrase);
  if (wanted.length === 0) return text;
  const words = [...text.matchAll(/[\p{L}\p{N}]+(?:['’]\p{L}+)*/gu)];
  const first = words.findIndex(([word]) => !LEAD_INS.has(word.toLowerCase()) || word.toLowerCase() === wanted[0]);
  if (first < 0) return undefined;
  const last = findEnd(
    words.slice(first).map(([word]) => word),
    wanted,
  );
  if (last === undefined) return undefined;
  const end = words[first + last] as RegExpExecArray;
  return text.slice(end.index + end[0].length).replace(/^[^\p{L}\p{N}]+/u, "");
}

/** Index of the word at which the beginning sounds most like the phrase, if it does. */
function findEnd(words: readonly string[], wanted: readonly string[]): number | undefined {
  const sound = soundsOf(wanted);
  let best: number | undefined;
  let least = LARGEST_DISTANCE;
  const most = Math.min(words.length, wanted.length + MOST_EXTRA_WORDS);
  for (let count = 1; count <= most; count++) {
    const distance = soundDistance(sound, soundsOf(words.slice(0, count)));
    if (distance < least) {
      best = count - 1;
      least = distance;
    }
  }
  return best;
}

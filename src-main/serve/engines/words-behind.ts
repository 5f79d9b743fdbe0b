import { spokenForms } from "../../transcribe/spoken-forms.ts";

/**
 * The words of a hypothesis that come after those that were told already. `told` and `heard` begin at the same place in the audio, but the
 * hypothesis may spell, part or mishear what was told: the cut is where the letters before it differ least from those told. Pure.
 */
export function wordsBehind(told: readonly string[], heard: readonly string[]): readonly string[] {
  if (told.length === 0) return heard;
  const toldLetters = told.map(bareWord).join("");
  const lastTold = bareWord(told.at(-1) as string);
  let letters = "";
  const ends = heard.map((word) => (letters += bareWord(word)).length);
  const distances = prefixDistances(toldLetters, letters);
  let best = 0;
  let least = MOST_DIFFERENT * toldLetters.length;
  for (const [index, end] of ends.entries()) {
    const bonus = bareWord(heard[index] as string) === lastTold ? SAME_WORD_BONUS : 0;
    const distance = (distances[end] as number) - bonus;
    if (distance < least) {
      least = distance;
      best = index + 1;
    }
  }
  return heard.slice(best);
}

/** How many words two hypotheses have in common at their beginning. Casing and punctuation do not count. Pure. */
export function agreeingWords(one: readonly string[], other: readonly string[]): number {
  const differs = one.findIndex((word, index) => bareWord(word) !== bareWord(other[index] ?? ""));
  return differs < 0 ? one.length : differs;
}

/** Words of a text. */
export function splitWords(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** Where two cuts are about as good, the one after the word that was told last is right. */
const SAME_WORD_BONUS = 1.5;
/** With more than this share of the letters wrong, the hypothesis does not hold what was told. */
const MOST_DIFFERENT = 0.7;

/** Letters as they are spoken, numbers too; a word without any stays as it is. */
function bareWord(word: string): string {
  return spokenForms(word).join("").replaceAll("'", "") || word;
}

/** For each beginning of `letters`, by its length: the fewest letters to change, drop or add to make it `told`. */
function prefixDistances(told: string, letters: string): readonly number[] {
  let distances = Array.from({ length: letters.length + 1 }, (_, index) => index);
  for (let row = 0; row < told.length; row++) {
    const next = [row + 1];
    for (let column = 0; column < letters.length; column++) {
      const changed = (distances[column] as number) + (told[row] === letters[column] ? 0 : 1);
      next.push(Math.min(changed, (distances[column + 1] as number) + 1, (next[column] as number) + 1));
    }
    distances = next;
  }
  return distances;
}

import { spokenForms } from "../../transcribe/spoken-forms.ts";

/**
 * The words of a hypothesis that come after those that were told already. `told` and `heard` begin at the same place in the audio, but the
 * hypothesis may spell, part or mishear what was told: the cut is where the letters before it sound most like those told. Pure.
 */
export function wordsBehind(told: readonly string[], heard: readonly string[]): readonly string[] {
  if (told.length === 0) return heard;
  const toldLetters = told.map(bareWord).join("");
  const lastTold = bareWord(told.at(-1) as string);
  let letters = "";
  const ends = heard.map((word) => (letters += bareWord(word)).length);
  const distances = prefixDistances(toldLetters, letters);
  let best = 0;
  let least = MOST_DIFFERENT * (distances[0] as number);
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
/** With more than this share of what was told missing, the hypothesis does not hold it. */
const MOST_DIFFERENT = 0.7;

/** Letters as they are spoken, numbers too; a word without any stays as it is. */
function bareWord(word: string): string {
  return spokenForms(word).join("").replaceAll("'", "") || word;
}

/** Letters that sound alike, a vowel first of all like another. */
const ALIKE = ["aeiouwy", "dt", "bp", "ckgq", "csxz", "fv", "mn"];
/** Cost of taking one for the other, or of a vowel too many, where any other letter costs 1: "said" is close to "set". */
const ALIKE_COST = 0.5;

function costOf(letter: string): number {
  return ALIKE[0]?.includes(letter) ? ALIKE_COST : 1;
}

function costOfChange(from: string, to: string): number {
  if (from === to) return 0;
  return ALIKE.some((letters) => letters.includes(from) && letters.includes(to)) ? ALIKE_COST : 1;
}

/** For each beginning of `letters`, by its length: what it costs at least to change, drop or add letters to make it `told`. */
function prefixDistances(told: string, letters: string): readonly number[] {
  let distances = [0];
  for (const letter of letters) distances.push((distances.at(-1) as number) + costOf(letter));
  for (const toldLetter of told) {
    const next = [(distances[0] as number) + costOf(toldLetter)];
    for (let column = 0; column < letters.length; column++) {
      const letter = letters[column] as string;
      const changed = (distances[column] as number) + costOfChange(toldLetter, letter);
      const dropped = (distances[column + 1] as number) + costOf(toldLetter);
      next.push(Math.min(changed, dropped, (next[column] as number) + costOf(letter)));
    }
    distances = next;
  }
  return distances;
}

import { wordsOf } from "./words-of.ts";

const DIGITS = new Set("zero oh one two three four five six seven eight nine double triple".split(" "));
const TENS = new Set("twenty thirty forty fifty sixty seventy eighty ninety".split(" "));
const TELEPHONE = /\b(?:phone|call|dial|fax|reach me)\b/;
const TELEPHONE_LENGTHS = new Set([7, 10, 11]);
const CLOCK_TIME = /\d:\d\d\W*$/;
const NUMBERED = /\b(?:number|code|pin|account|card|zip|extension|password|reference)\b/;
/** "Set a timer for five" wants its unit. */
const WITHOUT_UNIT = /\b(?:timer|remind me in|wake me in|wait|costs?|bill was)\b.*\b(?:for|in|of|to|costs?|was)?\s\S+$/;
/** "The office is at 65" wants its street. */
const HOUSE_NUMBER = /\b(?:live|lives|living|office|house|shop|is)\b.* at$/;
const LAST_HOUR = 12;
/** Lengths of what is told digit by digit: a telephone number with and without its area, a card, a year or a code. */
const USUAL_LENGTHS = new Set([4, 5, 7, 10, 11, 16]);
/** With fewer digits it is hardly a telephone or account number. */
const SHORTEST_NUMBER = 4;

/** Whether the text ends in a number that lacks digits or its unit: "my number is 5 5 5", "three point", "a timer for five". */
export function isNumberUnfinished(text: string): boolean {
  const words = wordsOf(text.replaceAll(/(\d)[.,](?=\d)/g, "$1"));
  const last = words.at(-1) ?? "";
  if ((last === "point" || last === "hundred" || last === "double") && words.length > 1) return last !== "hundred";
  const { digits, groups } = digitsAtEnd(words);
  if (digits === 0 || CLOCK_TIME.test(text)) return false;
  const said = words.slice(0, words.length - groups).join(" ");
  if (TELEPHONE.test(said)) return !TELEPHONE_LENGTHS.has(digits);
  if (NUMBERED.test(said)) return digits < SHORTEST_NUMBER || !USUAL_LENGTHS.has(digits);
  if (groups >= 2 && digits >= groups && digits / groups < 2) return !USUAL_LENGTHS.has(digits);
  if (groups !== 1) return false;
  return WITHOUT_UNIT.test(words.join(" ")) || (HOUSE_NUMBER.test(said) && Number(last) > LAST_HOUR);
}

/** How many digits the text ends in, and how many words they are. Tens count as two digits, as in "twenty five". */
function digitsAtEnd(words: readonly string[]): { readonly digits: number; readonly groups: number } {
  let digits = 0;
  let groups = 0;
  for (const word of words.toReversed()) {
    const length = DIGITS.has(word) ? 1 : TENS.has(word) ? 2 : /^\d+$/.test(word) ? word.length : 0;
    if (length === 0) break;
    digits += length;
    groups += 1;
  }
  return { digits, groups };
}

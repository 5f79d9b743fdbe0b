import { wordsOf } from "./words-of.ts";

const UNITS = new Set("one two three four five six seven eight nine".split(" "));
const OTHER_DIGITS = new Set("zero oh double triple".split(" "));
const TENS = new Set("twenty thirty forty fifty sixty seventy eighty ninety".split(" "));
const TELEPHONE = /\b(?:phone|call|dial|fax|reach me)\b/;
const TELEPHONE_LENGTHS = new Set([7, 10, 11]);
const CLOCK_TIME = /\d:\d\d\W*$/;
const NUMBERED = /\b(?:numbers?|code|pin|account|card|zip|extension|password|reference)\b/;
/** "Set a timer for five" wants its unit. */
const WITHOUT_UNIT = /\b(?:timer|remind me in|wake me in|wait|costs?|bill was)\b.*\b(?:for|in|of|to|costs?|was)?\s\S+$/;
/** "The office is at 65" wants its street. */
const HOUSE_NUMBER = /\b(?:live|lives|living|office|house|shop|is)\b.* at$/;
const LAST_HOUR = 12;
/** "What is twenty" wants what is to be done with it. */
const SUM_BEGUN = /\b(?:what is|what's|how much is|calculate|compute)((?: \S+)+)$/;
const NUMBER_WORD = /^(?:\d+|eleven|twelve|\w+teen|hundred|thousand|million|billion|a|and|point|minus)$/;
/** Lengths of what is told digit by digit: a telephone number with and without its area, a card, a year or a code. */
const USUAL_LENGTHS = new Set([4, 5, 7, 10, 11, 16]);
/** With fewer digits it is hardly a telephone or account number. */
const SHORTEST_NUMBER = 4;

/** Whether the text ends in a number that lacks digits or its unit: "my number is 5 5 5", "three point", "a timer for five". */
export function isNumberUnfinished(text: string): boolean {
  const words = wordsOf(text.replaceAll(/(\d)[.,](?=\d)/g, "$1"));
  const last = words.at(-1) ?? "";
  if (isSumBegun(words)) return true;
  if ((last === "point" || last === "hundred" || last === "double") && words.length > 1) return last !== "hundred";
  const { digits, groups, before } = numberAtEnd(words);
  if (digits === 0 || CLOCK_TIME.test(text)) return false;
  if (TELEPHONE.test(before)) return !TELEPHONE_LENGTHS.has(digits);
  if (NUMBERED.test(before)) return digits < SHORTEST_NUMBER || !USUAL_LENGTHS.has(digits);
  if (groups >= 2 && digits >= groups && digits / groups < 2) return !USUAL_LENGTHS.has(digits);
  if (groups !== 1) return false;
  return WITHOUT_UNIT.test(words.join(" ")) || (HOUSE_NUMBER.test(before) && Number(last) > LAST_HOUR);
}

/** Whether the text ends in a question for a number, of which only the number is there. */
function isSumBegun(words: readonly string[]): boolean {
  const asked = SUM_BEGUN.exec(words.join(" "))?.[1]?.trim().split(" ") ?? [];
  return asked.length > 0 && asked.every((word) => lengthOf(word) > 0 || NUMBER_WORD.test(word));
}

/** How many digits the text ends in, in how many groups they are said, and the words before. "Twenty five" is one group of two digits. */
function numberAtEnd(words: readonly string[]): {
  readonly digits: number;
  readonly groups: number;
  readonly before: string;
} {
  const from = words.findLastIndex((word) => lengthOf(word) === 0) + 1;
  const groups = words
    .slice(from)
    .filter((word, index) => !(UNITS.has(word) && TENS.has(words[from + index - 1] ?? "")))
    .map(lengthOf);
  const digits = groups.reduce((sum, length) => sum + length, 0);
  return { digits, groups: groups.length, before: words.slice(0, from).join(" ") };
}

/** In digits; 0 for a word that is no number. */
function lengthOf(word: string): number {
  if (UNITS.has(word) || OTHER_DIGITS.has(word)) return 1;
  if (TENS.has(word)) return 2;
  return /^\d+$/.test(word) ? word.length : 0;
}

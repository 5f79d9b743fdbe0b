import { spellNumber, spellYear } from "../../src-shared/spell-number.ts";
import { MEASURE, PRICE, readMeasure, readPrice } from "./spell-measure.ts";

const LONG_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December";
const YEAR_CONTEXT = `in|since|until|before|after|by|from|of|year|${LONG_MONTHS}`;

const MONTHS: Readonly<Record<string, string>> = {
  Jan: "January",
  Feb: "February",
  Mar: "March",
  Apr: "April",
  Jun: "June",
  Jul: "July",
  Aug: "August",
  Sep: "September",
  Sept: "September",
  Oct: "October",
  Nov: "November",
  Dec: "December",
};
const SHORT_MONTHS = Object.keys(MONTHS).toSorted((a, b) => b.length - a.length);
/** What would lose its meaning with its accent, and letters that none can be taken from. */
const LETTERS: Readonly<Record<string, string>> = {
  "≠": " is not equal to ",
  ß: "ss",
  ł: "l",
  Ł: "L",
  ø: "o",
  Ø: "O",
  æ: "ae",
  Æ: "Ae",
  œ: "oe",
  Œ: "Oe",
  đ: "d",
  Đ: "D",
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");
/** Numbers of a sum with what may stand between them: "5 - (3 - 2x)". */
const TERMS = String.raw`(?:[\d() $£€%²³^-]|\b\d*[a-z]\b|[.,]\d)*`;
const NUMBER_FOLLOWS = String.raw`(?=\s?\(?-?[$£€]?(?:\d|[a-z]\b))`;
const OPERATOR = String.raw`(?:=|(?:[+×÷*]| \/ )${NUMBER_FOLLOWS})`;
/** A hyphen or dash with spaces between numbers that an operator precedes or follows. */
const MINUS_IN_SUM = new RegExp(
  String.raw`(?<=[\d)²³%]|\b\d*[a-z])\s[-–]\s${NUMBER_FOLLOWS}(?:(?=${TERMS}${OPERATOR})|(?<=${OPERATOR}${TERMS}))`,
  "g",
);
/** A number on either side of a hyphen: "10-15", "$10,000-$20,000", "5-10%". */
const RANGE_NUMBER = String.raw`(?:\d{1,3}(?:,\d{3})+|\d{1,4})(?:\.\d+)?`;
const RANGE = new RegExp(
  String.raw`(?<![\w.,-])([$£€]?${RANGE_NUMBER}%?)-([$£€]?${RANGE_NUMBER})(?!\d|-\d|[.,]\d)`,
  "g",
);
/** Numbers of three digits that are called. */
const SHORT_NUMBER = "(?:[2-9]11|11\\d|101|000|988|999)";
const LONG_DATE = new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" });

/** What is rewritten, in this order. */
const RULES: readonly (readonly [pattern: RegExp, replacement: string | ((...match: string[]) => string)])[] = [
  [/(?<=(?<!\d)\d{1,3})(?:[\u00a0\u2009\u202f](?=\d{3}(?!\d))| (?=000(?!\d)))/g, ","],
  [/\p{Zs}/gu, " "],
  [/[\u200b-\u200d\u2060\ufeff\u00ad]/g, ""],
  // Markdown, as language models write it.
  [/```[^\n]*/g, " "],
  [/!?\[([^\]]*)\]\([^)]*\)/g, "$1"],
  [/^\s*(?:#{1,6}|[-*•·]|>)\s+/gm, " "],
  [/(?<=\d)(?:\*\*| \*\* )(?=-?\d)/g, "^"],
  [/(\*\*|__|`|~~)/g, ""],
  [/(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])/g, "$1"],
  // Marks that Flite does not know.
  [/[‘’ʼ´]/g, "'"],
  [/[“”„«»]/g, '"'],
  [/[\u2010\u2011]/g, "-"],
  [/(?<=[\w)²³])\s?\u2212\s?(?=[\w($£€])/g, " minus "],
  [/\u2212/g, "-"],
  [/(?<=\d|\b[a-z])(?:[⁻⁰¹²³⁴-⁹]{2,}|[⁰¹⁴-⁹])/g, (raised) => `^${raised.normalize("NFKC").replace("\u2212", "-")}`],
  // Telephone numbers, digit by digit.
  [
    /(?<![\d.,-])(?:\+?\d{1,2}[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\d-])|(?<![\d-])\d{3}-\d{4}(?![\d-])/g,
    readDigits,
  ],
  [new RegExp(`(?<=\\b(?:call|dial)(?:s|ed|ing)?(?: \\d{3} or)? )${SHORT_NUMBER}(?![\\d,]*\\d)`, "gi"), readDigits],
  // Between numbers, and in front of one.
  [MINUS_IN_SUM, " minus "],
  [/(?<![\w.,-])(\d+(?:\.\d+)?)-(?=\d+(?:\.\d+)?\s?=)/g, "$1 minus "],
  [new RegExp(`([$£€])(${RANGE_NUMBER})(?:-|\\s?[–—]\\s?)(?=\\d)`, "g"), "$2 to $1"],
  [/(?<=[\d%])\s?[–—]\s?(?=[$£€]?\d)/g, " to "],
  [RANGE, "$1 to $2"],
  [/(?<=\d ?[ap]m)\s?[-–—]\s?(?=\d)/gi, " to "],
  [/(?<=^|[\s(=^])[-–](?=[$£€]?\d)/g, "minus "],
  [/\s*[–—]\s*|\s-\s/g, ", "],
  [/…/g, "... "],
  // Addresses.
  [/\bhttps?:\/\/(?:www\.)?|\bwww\./gi, ""],
  [/(?<=\w)@(?=\w)/g, " at "],
  [/(?<=\.[a-z]{2,}\S*)\/(?=\S)/gi, " slash "],
  [/(?<=[a-z])\.(?=[a-z]{2,})/gi, " dot "],
  [/(?<=[\w²³$€£%])\s?\/\s?(?=(?:month|year|week|day|hour|minute|second|person|night|piece)\b)/g, " per "],
  [/(?<![\d.,])\d+(?:,\d+)+(?![.,]?\d)/g, readList],
  [MEASURE, readMeasure],
  // What is short in writing.
  [/\be\.g\.,?/gi, "for example,"],
  [/\bi\.e\.,?/gi, "that is,"],
  [/\bapprox\./gi, "approximately"],
  [/\bNo\. ?(?=\d)/g, "number "],
  [/\b24\/7\b/g, "24 7"],
  [/\bMt\. ?(?=[A-Z])/g, "Mount "],
  [new RegExp(`\\b(${SHORT_MONTHS.join("|")})\\.? (?=\\d)`, "g"), (_match, month = "") => `${MONTHS[month]} `],
  [/\band\/or\b/gi, "and or"],
  [/(?<=\b[a-z]{2,})\/(?=[a-z]{2,}\b)/g, " or "],
  // Numbers with marks in them.
  [/\b(\d{4})-(\d\d)-(\d\d)\b/g, readDate],
  [/(\d)['′’]\s?(\d{1,2})["″]/g, "$1 foot $2"],
  [/\b(1[3-9]|2[0-3]):00\b/g, "$1 hundred"],
  [/\b(1[1-9]\d0|20\d0)s\b/g, readDecade],
  [/(?<=\d)K\b/g, " thousand"],
  // Money, measures and sums.
  [/\bUS(?=\$\d)/g, ""],
  [/(\d(?:[\d,.]*\d)?)\s?([$£€])(?!\d)/g, "$2$1"],
  [PRICE, readPrice],
  [/°\s?C\b/g, " degrees Celsius"],
  [/°\s?F\b/g, " degrees Fahrenheit"],
  [/°/g, " degrees"],
  [/\s*(?:≥|>=)\s*/g, " is at least "],
  [/\s*(?:≤|<=)\s*/g, " is at most "],
  [/\s*!=\s*/g, " is not equal to "],
  [/\s*±\s*/g, " plus or minus "],
  [/\s*=\s*/g, " equals "],
  [/\s*[×✕]\s*|(?<=\d)\s*\*\s*(?=\d)/g, " times "],
  [/\s*÷\s*|(?<=\d)\s\/\s(?=\d)/g, " divided by "],
  [/(?<=\d)\s*\+\s*(?=\d)/g, " plus "],
  [/(?<=\w)(?:²|\s*\^\s*2(?!\.?\d))/g, " squared"],
  [/(?<=\w)(?:³|\s*\^\s*3(?!\.?\d))/g, " cubed"],
  [/(?<=\w)\s*\^\s*(?=\w)/g, " to the power of "],
  [/≈|~(?=\d)/g, " about "],
  [/\s&\s/g, " and "],
  [/\s>\s/g, " is greater than "],
  [/\s<\s/g, " is less than "],
  [/#(?=\d)/g, "number "],
  [/√/g, " the square root of "],
  [/π/g, " pi "],
  [/½/g, " 1/2"],
  [/¼/g, " 1/4"],
  [/¾/g, " 3/4"],
  // Numbers that Flite reads in an odd way.
  [
    new RegExp(`\\b((?:${YEAR_CONTEXT})(?: \\d{1,2}(?:st|nd|rd|th)?,?)?) (1[1-9]\\d\\d|20\\d\\d)\\b(?![,.]?\\d)`, "gi"),
    readYear,
  ],
  [/(?<![\d.,:])([1-9]\d\d)(?![.,:]?\d|[a-z])/gi, (number) => spellNumber(Number(number))],
  [
    new RegExp(`(?<![\\w.,:/-]|\\b(?:${LONG_MONTHS}) )[1-9]\\d(?=[,.;:!?]? \\d)`, "g"),
    (number) => spellNumber(Number(number)),
  ],
  [/(?<![\d.,])(\d{1,3})(\d{3})(\d{3})(?![\d.,]\d|\d)/g, "$1,$2,$3"],
  [/(?<![\d.,])(\d{2,3})(\d{3})(?![\d.,]\d|\d)/g, "$1,$2"],
  // Initialisms with a vowel, which it would read as a word.
  [/\b(AI|API|APIs|URL|UI|ID|USA|UK|EU|UN|IP|OS|IO|LLM|FAQ|ETA|ISO|IBM|USB|GPU|CPU)\b/g, spellLetters],
  // Whatever else it has no sound for.
  [/[<>{}[\]|\\^*_~=]/g, " "],
  [/[^\x20-\x7e]/g, " "],
  [/ +([,.;:!?])/g, "$1"],
  [/ {2,}/g, " "],
];

/**
 * Rewrites a sentence so that Flite reads it as a person would: no Markdown, symbols and units in words, years as years, initialisms
 * letter by letter, ASCII only (accents dropped). Empty when there is nothing to say. Pure.
 */
export function speakableText(text: string): string {
  let result = text
    .replace(LETTER, (letter) => LETTERS[letter] as string)
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "");
  for (const [pattern, replacement] of RULES) result = result.replace(pattern, replacement as string);
  return /[a-z0-9]/i.test(result) ? result.trim() : "";
}

/** "May 8, 2024"; what is no date stays. */
function readDate(match: string, ...numbers: readonly string[]): string {
  const [year = 0, month = 0, day = 0] = numbers.map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? LONG_DATE.format(date) : match;
}

/** "5, 10, 100"; a grouped number, "12,345,678", stays. */
function readList(list: string): string {
  return /^\d{1,3}(?:,\d{3})+$/.test(list) ? list : list.replaceAll(",", ", ");
}

/** "5 5 5, 1 2 3 4". */
function readDigits(number: string): string {
  return number
    .replace(/[()+]/g, " ")
    .trim()
    .replace(/[-. ]+/g, ", ")
    .replace(/\d(?=\d)/g, "$& ");
}

/** "nineteen nineties". */
function readDecade(_match: string, year: string): string {
  const words = spellYear(Number(year));
  return words.endsWith("y") ? `${words.slice(0, -1)}ies` : `${words}s`;
}

function readYear(_match: string, context: string, year: string): string {
  return `${context} ${spellYear(Number(year))}`;
}

function spellLetters(initialism: string): string {
  const plural = initialism.endsWith("s");
  const letters = plural ? initialism.slice(0, -1) : initialism;
  return `${Array.from(letters).join(".")}.${plural ? "'s" : ""}`;
}

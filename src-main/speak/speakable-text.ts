import { spellNumber, spellYear } from "../../src-shared/spell-number.ts";

const YEAR_CONTEXT =
  "in|since|until|before|after|by|from|of|year|January|February|March|April|May|June|July|August|September|October|November|December";

/** What is rewritten, in this order. */
const RULES: readonly (readonly [pattern: RegExp, replacement: string | ((...match: string[]) => string)])[] = [
  // Markdown, as language models write it.
  [/```[^\n]*/g, " "],
  [/!?\[([^\]]*)\]\([^)]*\)/g, "$1"],
  [/^\s*(?:#{1,6}|[-*•·]|>)\s+/gm, " "],
  [/(\*\*|__|`|~~)/g, ""],
  [/(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])/g, "$1"],
  // Marks that Flite does not know.
  [/[‘’ʼ´]/g, "'"],
  [/[“”„«»]/g, '"'],
  [/[\u2010\u2011]/g, "-"],
  [/\u2212(?=\d)/g, "-"],
  [/(?<=\d)\s?[–—]\s?(?=\d)/g, " to "],
  [/\s*[–—]\s*|\s-\s/g, ", "],
  [/…/g, "... "],
  // Addresses.
  [/\bhttps?:\/\/(?:www\.)?|\bwww\./gi, ""],
  [/(?<=\w)@(?=\w)/g, " at "],
  [/(?<=[a-z])\.(?=[a-z]{2,})/gi, " dot "],
  // Money, measures and sums.
  [/£\s?(\d[\d,]*(?:\.\d+)?)/g, "$1 pounds"],
  [/€\s?(\d[\d,]*(?:\.\d+)?)/g, "$1 euros"],
  [/¥\s?(\d[\d,]*(?:\.\d+)?)/g, "$1 yen"],
  [/°\s?C\b/g, " degrees Celsius"],
  [/°\s?F\b/g, " degrees Fahrenheit"],
  [/°/g, " degrees"],
  [/(?<=\d)\s?km\/h\b/g, " kilometers per hour"],
  [/(?<=\d)\s?m\/s\b/g, " meters per second"],
  [/(?<=\d)\s?mph\b/g, " miles per hour"],
  [/(?<=\d)\s?cm\b/g, " centimeters"],
  [/(?<=\d)\s?mm\b/g, " millimeters"],
  [/(?<=\d)\s?ml\b/g, " milliliters"],
  [/(?<=\d)\s?m²/g, " square meters"],
  [/(?<=\d)\s?kHz\b/g, " kilohertz"],
  [/(?<=\d)\s?Hz\b/g, " hertz"],
  [/(?<=\d)\s?GB\b/g, " gigabytes"],
  [/(?<=\d)\s?MB\b/g, " megabytes"],
  [/(?<=\d)\s?ms\b/g, " milliseconds"],
  [/\s*=\s*/g, " equals "],
  [/\s*[×✕]\s*|(?<=\d)\s*\*\s*(?=\d)/g, " times "],
  [/\s*÷\s*|(?<=\d)\s\/\s(?=\d)/g, " divided by "],
  [/(?<=\d)\s*\+\s*(?=\d)/g, " plus "],
  [/(?<=\d)\s*\^\s*(?=\d)/g, " to the power of "],
  [/≈|~(?=\d)/g, " about "],
  [/\s&\s/g, " and "],
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
  [/(?<![\d.,:])([1-9]\d\d)(?![.,:]?\d)/g, (number) => spellNumber(Number(number))],
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
  let result = text.normalize("NFD").replace(/\p{Mn}/gu, "");
  for (const [pattern, replacement] of RULES) result = result.replace(pattern, replacement as string);
  return /[a-z0-9]/i.test(result) ? result.trim() : "";
}

function readYear(_match: string, context: string, year: string): string {
  return `${context} ${spellYear(Number(year))}`;
}

function spellLetters(initialism: string): string {
  const plural = initialism.endsWith("s");
  const letters = plural ? initialism.slice(0, -1) : initialism;
  return `${Array.from(letters).join(".")}.${plural ? "'s" : ""}`;
}

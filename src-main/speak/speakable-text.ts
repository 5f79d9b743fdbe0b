import { spellNumber, spellYear } from "../../src-shared/spell-number.ts";

const YEAR_CONTEXT =
  "in|since|until|before|after|by|from|of|year|January|February|March|April|May|June|July|August|September|October|November|December";

/** Units behind a number, with one and with many. A single letter stands apart from its number. */
const UNITS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  "km/h": ["kilometer per hour", "kilometers per hour"],
  "m/s": ["meter per second", "meters per second"],
  mph: ["mile per hour", "miles per hour"],
  km: ["kilometer", "kilometers"],
  cm: ["centimeter", "centimeters"],
  mm: ["millimeter", "millimeters"],
  "m²": ["square meter", "square meters"],
  "km²": ["square kilometer", "square kilometers"],
  ft: ["foot", "feet"],
  kg: ["kilogram", "kilograms"],
  mg: ["milligram", "milligrams"],
  lb: ["pound", "pounds"],
  lbs: ["pound", "pounds"],
  oz: ["ounce", "ounces"],
  ml: ["milliliter", "milliliters"],
  kHz: ["kilohertz", "kilohertz"],
  MHz: ["megahertz", "megahertz"],
  GHz: ["gigahertz", "gigahertz"],
  Hz: ["hertz", "hertz"],
  kB: ["kilobyte", "kilobytes"],
  KB: ["kilobyte", "kilobytes"],
  MB: ["megabyte", "megabytes"],
  GB: ["gigabyte", "gigabytes"],
  TB: ["terabyte", "terabytes"],
  ms: ["millisecond", "milliseconds"],
  sec: ["second", "seconds"],
  min: ["minute", "minutes"],
  hr: ["hour", "hours"],
  hrs: ["hour", "hours"],
  "%": ["percent", "percent"],
  " m": ["meter", "meters"],
  " g": ["gram", "grams"],
  " s": ["second", "seconds"],
  " h": ["hour", "hours"],
};
const UNIT_MARKS = Object.keys(UNITS).toSorted((a, b) => b.length - a.length);
const MEASURE = new RegExp(`(\\d[\\d,]*(?:\\.\\d+)?)( ?(?:${UNIT_MARKS.join("|")}))(?![\\w/²'])`, "g");
const AMOUNT = String.raw`(\d[\d,]*)(?:\.(\d\d)(?!\d)|(\.\d+)?((?: (?:thousand|million|billion|trillion))?))`;
const LONG_DATE = new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" });

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
  [/(?<=\.[a-z]{2,}\S*)\/(?=\S)/gi, " slash "],
  [/(?<=[a-z])\.(?=[a-z]{2,})/gi, " dot "],
  [MEASURE, readMeasure],
  // What is short in writing.
  [/\be\.g\.,?/gi, "for example,"],
  [/\bi\.e\.,?/gi, "that is,"],
  [/\bapprox\./gi, "approximately"],
  [/\bNo\. ?(?=\d)/g, "number "],
  [/\b24\/7\b/g, "24 7"],
  [/\band\/or\b/gi, "and or"],
  [/(?<=\b[a-z]{2,})\/(?=[a-z]{2,}\b)/g, " or "],
  // Numbers with marks in them.
  [/\b(\d{4})-(\d\d)-(\d\d)\b/g, readDate],
  [
    /(?<![\d-])(?:\d-)?(?:\d{3}-){1,2}\d{4}(?![\d-])/g,
    (number) => number.replaceAll("-", ", ").replace(/\d(?=\d)/g, "$& "),
  ],
  [/(\d)['′’]\s?(\d{1,2})["″]/g, "$1 foot $2"],
  [/\b(1[3-9]|2[0-3]):00\b/g, "$1 hundred"],
  [/\b(1[1-9]\d0|20\d0)s\b/g, readDecade],
  [/(?<=\d)K\b/g, " thousand"],
  // Money, measures and sums.
  [new RegExp(`£\\s?${AMOUNT}`, "g"), readMoney("pounds")],
  [new RegExp(`€\\s?${AMOUNT}`, "g"), readMoney("euros")],
  [new RegExp(`¥\\s?${AMOUNT}`, "g"), readMoney("yen")],
  [/(?<=\d)\s?€/g, " euros"],
  [/°\s?C\b/g, " degrees Celsius"],
  [/°\s?F\b/g, " degrees Fahrenheit"],
  [/°/g, " degrees"],
  [/\s*=\s*/g, " equals "],
  [/\s*[×✕]\s*|(?<=\d)\s*\*\s*(?=\d)/g, " times "],
  [/\s*÷\s*|(?<=\d)\s\/\s(?=\d)/g, " divided by "],
  [/(?<=\d)\s*\+\s*(?=\d)/g, " plus "],
  [/(?<=\d)\s*\^\s*(?=\d)/g, " to the power of "],
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

/** "3 pounds 20", "1.5 billion euros". */
function readMoney(currency: string) {
  return (_match: string, whole: string, hundredths?: string, decimals = "", scale = ""): string =>
    hundredths === undefined ? `${whole}${decimals}${scale} ${currency}` : `${whole} ${currency} ${hundredths}`;
}

function readMeasure(_match: string, number: string, mark: string): string {
  const [one, many] = (UNITS[mark] ?? UNITS[mark.trim()]) as readonly [string, string];
  return `${number} ${number === "1" ? one : many}`;
}

/** "May 8, 2024"; what is no date stays. */
function readDate(match: string, ...numbers: readonly string[]): string {
  const [year = 0, month = 0, day = 0] = numbers.map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? LONG_DATE.format(date) : match;
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

import { spellNumber, spellYear } from "../../src-shared/spell-number.ts";

const SYMBOLS: Readonly<Record<string, string>> = {
  "%": "percent",
  "&": "and",
  "+": "plus",
  "=": "equals",
  "@": "at",
  "°": "degrees",
};
const CURRENCIES: Readonly<Record<string, string>> = { $: "dollars", "£": "pounds", "€": "euros" };
const ORDINALS: Readonly<Record<string, string>> = {
  one: "first",
  two: "second",
  three: "third",
  five: "fifth",
  eight: "eighth",
  nine: "ninth",
  twelve: "twelfth",
};

/**
 * The words that were spoken for one written word, in lower case with nothing but letters and apostrophes: "$3.50" is "three dollars fifty",
 * "half-past" is "half past". Empty for punctuation. Pure.
 */
export function spokenForms(word: string): readonly string[] {
  const plain = word
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .replace(/[‘’]/g, "'")
    .toLowerCase();
  const forms: string[] = [];
  for (const [part] of plain.matchAll(
    /[$£€]\d[\d,]*(?:\.\d\d)?|\d+:\d\d|\d[\d,]*(?:\.\d+)?(?:st|nd|rd|th)?|[a-z']+|[%&+=@°]/g,
  )) {
    forms.push(...spokenPart(part));
  }
  return forms;
}

function spokenPart(part: string): readonly string[] {
  const first = part[0] as string;
  const symbol = SYMBOLS[first];
  if (symbol) return [symbol];
  const currency = CURRENCIES[first];
  if (currency) {
    const [whole, fraction] = part.slice(1).split(".");
    return [...number(whole as string), currency, ...(fraction && Number(fraction) > 0 ? number(fraction) : [])];
  }
  if (!/\d/.test(first)) {
    const letters = part.replace(/^'+|'+$/g, "");
    return letters === "" ? [] : [letters];
  }
  if (part.includes(":")) {
    const [hours, minutes] = part.split(":") as [string, string];
    if (minutes === "00") return number(hours);
    return [...number(hours), ...(minutes.startsWith("0") ? ["oh"] : []), ...number(minutes)];
  }
  if (/[a-z]$/.test(part)) return ordinal(number(part.slice(0, -2)));
  const [whole, decimals] = part.split(".");
  if (decimals === undefined) return number(part);
  return [...number(whole as string), "point", ...Array.from(decimals, (digit) => spellNumber(Number(digit)))];
}

function number(digits: string): readonly string[] {
  const value = Number(digits.replaceAll(",", ""));
  const year = digits.length === 4 && ((value >= 1100 && value < 2000) || (value > 2009 && value < 2100));
  return (year ? spellYear(value) : spellNumber(Math.min(value, Number.MAX_SAFE_INTEGER))).split(" ");
}

function ordinal(words: readonly string[]): readonly string[] {
  const last = words.at(-1) as string;
  return [...words.slice(0, -1), ORDINALS[last] ?? (last.endsWith("y") ? `${last.slice(0, -1)}ieth` : `${last}th`)];
}

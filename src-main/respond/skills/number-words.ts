const UNITS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: Readonly<Record<string, number>> = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };
const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];
const DIGITS = /^\d+(?:\.\d+)?$/;
const ORDINAL_ENDINGS = ["th", "st", "nd", "rd"];

/**
 * Replaces spelled numbers by digits: "twenty three" is "23", "three point one four" "3.14", "two and a half" "2.5", "twenty first"
 * "21st". Numbers that do not form one number stay apart: "seven thirty" is "7 30". "a" and "half" on their own stay words. Pure.
 */
export function readNumberWords(words: readonly string[]): string[] {
  const read: string[] = [];
  for (let index = 0; index < words.length;) {
    const number = readNumber(words, index);
    if (number) read.push(number.text);
    else read.push(words[index] ?? "");
    index = number?.end ?? index + 1;
  }
  return read;
}

interface ReadNumber {
  readonly text: string;
  readonly end: number;
}

function readNumber(words: readonly string[], start: number): ReadNumber | undefined {
  const whole = readWhole(words, start);
  if (!whole) return words[start] === "point" ? readDecimals(words, start, 0) : undefined;
  const { value, end } = whole;
  const next = words[end] ?? "";
  const ordinal = ORDINALS.indexOf(next);
  if (ordinal >= 0 && value >= 20 && value < 100 && value % 10 === 0 && TENS.includes(words[end - 1] ?? ""))
    return { text: `${value + ordinal + 1}${ORDINAL_ENDINGS[ordinal + 1] ?? "th"}`, end: end + 1 };
  if (next === "point") return readDecimals(words, end, value) ?? { text: String(value), end };
  if (next === "and" && words[end + 1] === "a" && words[end + 2] === "half")
    return { text: `${value}.5`, end: end + 3 };
  if (next === "and" && words[end + 1] === "a" && words[end + 2] === "quarter")
    return { text: `${value}.25`, end: end + 3 };
  if (/^(?:quarters?|fourths)$/.test(next)) return { text: String(value / 4), end: end + 1 };
  return { text: whole.text ?? String(value), end };
}

/** Reads a whole number in words or digits at `start`, as far as it goes. */
function readWhole(
  words: readonly string[],
  start: number,
): { readonly value: number; readonly end: number; readonly text?: string } | undefined {
  let total = 0;
  let group: number | undefined;
  let end = start;
  for (let index = start; index < words.length;) {
    const word = words[index] ?? "";
    const scale = SCALES[word];
    const small = smallNumber(word);
    if (small !== undefined && fits(group, small)) group = (group ?? 0) + small;
    else if (word === "dozen" && group !== undefined && group < 100) group *= 12;
    else if (word === "hundred" && group !== undefined && group > 0 && group < 100) group *= 100;
    else if (scale && group !== undefined) {
      total += group * scale;
      group = 0;
    } else if (
      word === "a" &&
      index === start &&
      /^(?:hundred|thousand|million|billion|trillion|dozen)$/.test(words[index + 1] ?? "")
    )
      group = 1;
    else if (DIGITS.test(word) && index === start && (SCALES[words[index + 1] ?? ""] || words[index + 1] === "hundred"))
      group = Number(word);
    else if (word === "and" && isAfterScale(words[index - 1]) && smallNumber(words[index + 1] ?? "") !== undefined) {
      index++;
      continue;
    } else break;
    index++;
    end = index;
  }
  if (group !== undefined) return { value: total + group, end };
  const digits = words[start] ?? "";
  return DIGITS.test(digits) ? { value: Number(digits), end: start + 1, text: digits } : undefined;
}

/** Whether a small number may follow what a group holds so far: a unit after tens, anything below 100 after hundreds. */
function fits(group: number | undefined, small: number): boolean {
  if (group === undefined) return true;
  if (small === 0) return false;
  if (group % 100 === 0) return true;
  return group % 10 === 0 && group % 100 >= 20 && small < 10;
}

function smallNumber(word: string): number | undefined {
  const unit = UNITS.indexOf(word);
  if (unit >= 0) return unit;
  const tens = TENS.indexOf(word);
  return tens >= 0 ? (tens + 2) * 10 : undefined;
}

function isAfterScale(word: string | undefined): boolean {
  return word !== undefined && (word === "hundred" || SCALES[word] !== undefined);
}

function readDecimals(words: readonly string[], point: number, value: number): ReadNumber | undefined {
  let digits = "";
  let end = point + 1;
  for (; end < words.length; end++) {
    const word = words[end] ?? "";
    const digit = word === "oh" ? 0 : /^\d+$/.test(word) ? Number(word) : smallNumber(word);
    if (digit === undefined || (digit > 9 && digits !== "")) break;
    digits += String(digit);
    if (digit > 9) {
      end++;
      break;
    }
  }
  return digits === "" ? undefined : { text: `${value}.${digits}`, end };
}

const SMALL =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: readonly (readonly [size: number, name: string])[] = [
  [1e12, "trillion"],
  [1e9, "billion"],
  [1e6, "million"],
  [1e3, "thousand"],
  [100, "hundred"],
];

/** English words for a whole number from 0 to 999,999,999,999,999: 42 is "forty two". */
export function spellNumber(value: number): string {
  const scale = SCALES.find(([size]) => value >= size);
  if (scale) return joinWords(spellNumber(Math.floor(value / scale[0])), scale[1], value % scale[0]);
  if (value < SMALL.length) return SMALL[value] as string;
  return joinWords(TENS[Math.floor(value / 10)] as string, "", value % 10);
}

/** English words for a year from 1100 to 2099, as people say it: 1905 is "nineteen oh five", 2026 "twenty twenty six". */
export function spellYear(year: number): string {
  const century = Math.floor(year / 100);
  const rest = year % 100;
  if (century === 20 && rest < 10) return spellNumber(year);
  if (rest === 0) return `${spellNumber(century)} hundred`;
  return `${spellNumber(century)} ${rest < 10 ? `oh ${spellNumber(rest)}` : spellNumber(rest)}`;
}

function joinWords(head: string, scale: string, rest: number): string {
  return [head, scale, rest > 0 ? spellNumber(rest) : ""].filter((part) => part !== "").join(" ");
}

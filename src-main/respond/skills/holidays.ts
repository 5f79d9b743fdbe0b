/** Days that people call by name: month from 1 and day, or a rule that gives them for a year. */
const HOLIDAYS: readonly (readonly [
  name: RegExp,
  rule: readonly [month: number, day: number] | ((year: number) => Date),
])[] = [
  [/^(?:christmas|xmas)(?: day)?$/, [12, 25]],
  [/^(?:christmas|xmas) eve$/, [12, 24]],
  [/^boxing day$/, [12, 26]],
  [/^new years? eve$/, [12, 31]],
  [/^(?:the )?new years?(?: day)?$/, [1, 1]],
  [/^valentines?(?: day)?$/, [2, 14]],
  [/^(?:st|saint) patricks day$/, [3, 17]],
  [/^april fools?(?: day)?$/, [4, 1]],
  [/^(?:independence day|4th of july|fourth of july)$/, [7, 4]],
  [/^halloween$/, [10, 31]],
  [/^thanksgiving(?: day)?$/, thanksgiving],
  [/^easter(?: sunday)?$/, easter],
  [/^good friday$/, (year) => addDays(easter(year), -2)],
  [/^easter monday$/, (year) => addDays(easter(year), 1)],
];

/** The next or, for the past, the last time a holiday fell; today counts as both. Local midnight, undefined for no holiday. Pure. */
export function findHoliday(text: string, now: Date, preference: "past" | "future"): Date | undefined {
  const [, name = "", written] =
    /^(.*?)(?: (?:in )?(\d{4}))?$/.exec(text.replace(/^(?:next|this|last) | this year$/g, "")) ?? [];
  const rule = HOLIDAYS.find(([pattern]) => pattern.test(name))?.[1];
  if (!rule) return undefined;
  const inYear = (year: number) => (typeof rule === "function" ? rule(year) : new Date(year, rule[0] - 1, rule[1]));
  if (written) return inYear(Number(written));
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const thisYear = inYear(now.getFullYear());
  if (preference === "future") return thisYear < today ? inYear(now.getFullYear() + 1) : thisYear;
  return thisYear > today ? inYear(now.getFullYear() - 1) : thisYear;
}

/** The fourth Thursday of November. */
function thanksgiving(year: number): Date {
  const first = new Date(year, 10, 1).getDay();
  return new Date(year, 10, 1 + ((11 - first) % 7) + 21);
}

/** Gregorian Easter Sunday by the anonymous algorithm (Meeus, Astronomical Algorithms, chapter 8). */
function easter(year: number): Date {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - d + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return new Date(year, Math.floor(sum / 31) - 1, (sum % 31) + 1);
}

function addDays(date: Date, days: number): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
}

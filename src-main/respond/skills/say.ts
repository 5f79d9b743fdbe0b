const DATE = new Intl.DateTimeFormat("en-US", { weekday: "long", month: "long", day: "numeric" });
const DATE_WITH_YEAR = new Intl.DateTimeFormat("en-US", {
  weekday: "long",
  month: "long",
  day: "numeric",
  year: "numeric",
});
const WEEKDAY = new Intl.DateTimeFormat("en-US", { weekday: "long" });
const LARGEST_PLAIN = 1e15;
const SMALLEST_PLAIN = 1e-4;
const MOST_DECIMALS = 4;

/** A time of day as it is spoken, in the local zone or another one: "3:25 PM", "3 PM", "noon", "midnight". Pure. */
export function sayTimeOfDay(at: Date, timeZone?: string): string {
  const parts = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", timeZone }).formatToParts(at);
  const find = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? "";
  const [hour, minute, half] = [find("hour"), find("minute"), find("dayPeriod")];
  if (minute !== "00") return `${hour}:${minute} ${half}`;
  if (hour === "12") return half === "PM" ? "noon" : "midnight";
  return `${hour} ${half}`;
}

/** A date with its day of the week, and with the year unless it is that of `now`: "Saturday, November 21". Pure. */
export function sayDate(date: Date, now: Date): string {
  return (date.getFullYear() === now.getFullYear() ? DATE : DATE_WITH_YEAR).format(date);
}

/** The day of the week, in the local zone or another one. Pure. */
export function sayWeekday(date: Date, timeZone?: string): string {
  return timeZone ? new Intl.DateTimeFormat("en-US", { weekday: "long", timeZone }).format(date) : WEEKDAY.format(date);
}

/**
 * When something is due, as seen from `now`: "6:30 AM", "6:30 AM tomorrow", "6:30 AM on Monday", "6:30 AM on Monday, March 1". Midnight
 * belongs to the day before: "midnight tonight". Pure.
 */
export function sayMoment(at: Date, now: Date): string {
  const time = sayTimeOfDay(at);
  if (time === "midnight") return `midnight ${sayNight(new Date(at.getTime() - 1), now)}`;
  const days = daysUntil(at, now);
  if (days === 0) return time;
  return days === 1 ? `${time} tomorrow` : `${time} on ${sayLaterDay(at, now)}`;
}

function sayNight(evening: Date, now: Date): string {
  const days = daysUntil(evening, now);
  if (days === 0) return "tonight";
  return days === 1 ? "tomorrow night" : `at the end of ${sayLaterDay(evening, now)}`;
}

function sayLaterDay(at: Date, now: Date): string {
  const days = daysUntil(at, now);
  return days > 1 && days < 7 ? sayWeekday(at) : sayDate(at, now);
}

function daysUntil(at: Date, now: Date): number {
  return Math.round((startOfDay(at).getTime() - startOfDay(now).getTime()) / 86_400_000);
}

/** A length of time in whole seconds: "1 hour, 20 minutes and 5 seconds". Pure. */
export function sayDuration(lengthMs: number): string {
  return sayList(splitDuration(lengthMs).map(([count, unit]) => sayCount(count, unit)));
}

/** A length of time as it is put before a noun: "10 minute", "1 hour 30 minute". Pure. */
export function sayLength(lengthMs: number): string {
  return splitDuration(lengthMs)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** A count with its noun: "1 day", "34 days". Pure. */
export function sayCount(count: number, noun: string): string {
  return `${sayNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** Items as they are spoken: "a, b and c". Pure. */
export function sayList(items: readonly string[], conjunction = "and"): string {
  if (items.length < 2) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} ${conjunction} ${items.at(-1)}`;
}

/**
 * A number as it is spoken: at most four decimals, or three digits when it is small, groups of three digits, "minus" for a sign, a power of
 * ten when it is huge or tiny. Pure.
 */
export function sayNumber(value: number): string {
  if (value < 0) return `minus ${sayNumber(-value)}`;
  if (!isPlain(value)) {
    const [mantissa, exponent] = value.toExponential(3).split("e");
    return `${Number(mantissa)} times 10 to the power of ${sayNumber(Number(exponent))}`;
  }
  const [whole = "", decimals] = String(roundToSay(value)).split(".");
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

/** What is left of a number when it is spoken. Pure. */
export function roundToSay(value: number): number {
  if (!isPlain(Math.abs(value))) return Number(value.toExponential(3));
  const digitsAfterPoint = value === 0 ? 0 : 2 - Math.floor(Math.log10(Math.abs(value)));
  return Number(value.toFixed(Math.max(MOST_DECIMALS, digitsAfterPoint)));
}

function isPlain(value: number): boolean {
  return value === 0 || (value >= SMALLEST_PLAIN && value < LARGEST_PLAIN);
}

/** Local midnight at which a day begins. Pure. */
export function startOfDay(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

function splitDuration(lengthMs: number): (readonly [count: number, unit: string])[] {
  const seconds = Math.round(lengthMs / 1000);
  const all: (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), "day"],
    [Math.floor(seconds / 3600) % 24, "hour"],
    [Math.floor(seconds / 60) % 60, "minute"],
    [seconds % 60, "second"],
  ];
  const parts = all.filter(([count]) => count > 0);
  return parts.length > 0 ? parts : [[0, "second"]];
}

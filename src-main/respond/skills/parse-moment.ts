import type { ParsedComponents } from "chrono-node";
import * as chrono from "chrono-node/en";
import { findHoliday } from "./holidays.ts";
import { startOfDay } from "./say.ts";

/** Which way an ambiguous date is read. */
export type Preference = "past" | "future";

/** Which half of the day is meant where none is said: the morning, whichever comes first, or that unless it would be in the night. */
export type HourReading = "morning" | "soonest" | "waking";

/** The part of a day that is said beside a time of day. */
type DayHalf = "am" | "pm" | "night";

/** What counts where a time is said without a day: what was said of it before, and the instant after which it is. */
export interface WithoutDay {
  readonly from?: Date;
  readonly day?: string;
}

/** A time that is as soon as this may be meant even in the night. */
const SOON_MS = 6 * 3_600_000;
const NIGHT_ENDS_HOUR = 6;
/** An earlier hour of a night is after midnight. */
const NIGHT_GROWS_HOUR = 5;

const TIME_REWRITES: readonly (readonly [pattern: RegExp, replacement: string | ((...match: string[]) => string)])[] = [
  [/\bhalf past (\d{1,2})\b/, "$1:30"],
  [/\bhalf (\d{1,2})\b/, "$1:30"],
  [/\b(?:a )?quarter (?:past|after) (\d{1,2})\b/, "$1:15"],
  [/\b(?:a )?quarter (?:to|2|till?|before|of) (\d{1,2})\b/, (_, hour) => minutesBefore(15, hour)],
  [/\b(\d{1,2}) (?:minutes? )?(?:past|after) (\d{1,2})\b/, (_, minutes, hour) => atMinute(hour, minutes)],
  [
    /\b(\d{1,2}) (?:minutes? )?(?:to|till?|before) (\d{1,2})\b/,
    (_, minutes, hour) => minutesBefore(Number(minutes), hour),
  ],
  [/\b(\d{1,2}) (?:oh|o|0) ?(\d)\b/, "$1:0$2"],
  [/\b(\d{1,2})[ .]([0-5]\d)\b/, "$1:$2"],
  [/\b(\d{1,2})([0-5]\d)\b(?! hours)/, "$1:$2"],
  [/\b(\d{1,2})([0-5]\d) hours\b/, "$1:$2"],
  [/\boclock\b/, ""],
  [/\b(?:noon|midday)\b/, "12:00 pm"],
  [/\bmidnight\b/, "12:00 at night"],
];
/** Names of months, as a pattern. */
export const MONTH = "(?:january|february|march|april|may|june|july|august|september|october|november|december)";
const TIME = new RegExp(String.raw`(?<!${MONTH} )\b(\d{1,2})(?::(\d{2}))?(?: (am|pm))?(?=\s|$)(?! of\b)`);
const DAY_OF_MONTH = /^(\d{1,2})(?:st|nd|rd|th)(?: of (?:this|the) month)?$/;
const MONTHS_AWAY = /\bmonths?(?: from now| from today| ago)?$/;
const MORNING = /\b(?:in the |this |tomorrow )?morning\b/;
const LATER_DAY = /\b(?:in the |this )?(?:afternoon|evening)\b/;
const NIGHT = /\b(?:at |to|in the )?night\b/;

/**
 * The next instant that a spoken time of day means: "half past 6", "7 30 tomorrow morning", "18:45", "noon on friday". `reading` counts
 * without "AM" or "PM". Undefined when a word is left over. Pure.
 */
export function parseMoment(
  text: string,
  now: Date,
  reading: HourReading,
  { from = now, day: dayText = "" }: WithoutDay = {},
): Date | undefined {
  let rest = withoutPrepositions(text);
  for (const [pattern, replacement] of TIME_REWRITES) {
    rest = typeof replacement === "string" ? rest.replace(pattern, replacement) : rest.replace(pattern, replacement);
  }
  const time = TIME.exec(rest);
  if (!time) return undefined;
  const hour = Number(time[1]);
  const minute = Number(time[2] ?? 0);
  if (hour > 23 || minute > 59) return undefined;
  rest = rest.replace(time[0], " ");
  const said = readDayPart(rest, now);
  if (!said) return undefined;
  const named = said.day ? said : { ...readDayPart(withoutPrepositions(dayText), now), ...said };
  const isAfterMidnight = named.half === "night" && time[3] !== "pm" && (hour === 12 || hour < NIGHT_GROWS_HOUR);
  const half = time[3] ?? (isAfterMidnight ? "am" : named.half === "night" ? "pm" : named.half);
  const hours = readHours(hour, half, reading, named.day !== undefined);
  const isOfNextDay = isAfterMidnight && now.getHours() >= NIGHT_GROWS_HOUR;
  const day = named.day && isOfNextDay ? nextDay(named.day) : named.day;
  return nextInstant(day ? now : from, day, hours, minute, reading);
}

/** The day that words without a time of day mean: "tomorrow", "friday evening", "tonight". Undefined when a word is left over. Local midnight. Pure. */
export function parseDayPart(text: string, now: Date): Date | undefined {
  const named = readDayPart(withoutPrepositions(text), now);
  return named?.day ?? (named?.half && startOfDay(now));
}

function withoutPrepositions(text: string): string {
  return text
    .replace(/\b(?:at|by|around|about|for|exactly)\b/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** What is said beside a time of day. Undefined when a word is left over. */
function readDayPart(text: string, now: Date): { readonly day?: Date; readonly half?: DayHalf } | undefined {
  const half = readHalf(text);
  const dayText = text
    .replace(MORNING, (word) => (word.startsWith("tomorrow") ? "tomorrow" : " "))
    .replace(/\btonight\b|\bthis (?:afternoon|evening)\b/, "today")
    .replace(LATER_DAY, " ")
    .replace(NIGHT, " ")
    .replace(/\s+/g, " ")
    .trim();
  const day = dayText === "" ? undefined : parseDay(dayText, now, "future");
  if (dayText !== "" && !day) return undefined;
  return { ...(day && { day }), ...(half && { half }) };
}

function readHalf(text: string): DayHalf | undefined {
  if (MORNING.test(text)) return "am";
  if (LATER_DAY.test(text)) return "pm";
  return NIGHT.test(text) ? "night" : undefined;
}

/** The day that a text means: a holiday or any date that chrono reads. Undefined when a word is left over. Local midnight. Pure. */
export function parseDay(text: string, now: Date, preference: Preference): Date | undefined {
  const plain = text
    .replace(/^(?:(?:on|the|this coming|coming|of|its|falls?|it) )+/, "")
    .replace(/^day after tomorrow$/, "in 2 days")
    .replace(/^day before yesterday$/, "2 days ago");
  const holiday = findHoliday(plain, now, preference);
  if (holiday) return holiday;
  const dayOfMonth = DAY_OF_MONTH.exec(plain)?.[1];
  if (dayOfMonth) return findDayOfMonth(Number(dayOfMonth), now, preference);
  const [found, ...others] = chrono.parse(plain, startOfDay(now), { forwardDate: preference === "future" });
  if (!found || others.length > 0 || found.end || found.text.length !== plain.length || found.index > 0)
    return undefined;
  if (found.start.isCertain("hour") || !isDay(found.start)) return undefined;
  const day = startOfDay(found.start.date());
  const isYearFree = found.start.isCertain("month") && !found.start.isCertain("year");
  if (isYearFree && preference === "past" && day > now) day.setFullYear(day.getFullYear() - 1);
  const isPastMonthEnd = MONTHS_AWAY.test(plain) && day.getDate() !== now.getDate();
  if (isPastMonthEnd) day.setDate(0);
  const isToday = day.getTime() === startOfDay(now).getTime();
  if (isToday && found.start.isCertain("weekday")) day.setDate(day.getDate() + (preference === "future" ? 7 : -7));
  return day;
}

/** The nearest day of this number, today included. */
function findDayOfMonth(dayOfMonth: number, now: Date, preference: Preference): Date | undefined {
  const direction = preference === "future" ? 1 : -1;
  const today = startOfDay(now);
  return [0, 1, 2]
    .map((months) => new Date(now.getFullYear(), now.getMonth() + direction * months, dayOfMonth))
    .find((day) => day.getDate() === dayOfMonth && (direction > 0 ? day >= today : day <= today));
}

function isDay(found: ParsedComponents): boolean {
  return found.isCertain("day") || found.isCertain("weekday") || found.isCertain("month");
}

/** The hours of the day that may be meant, the preferred one first. */
function readHours(hour: number, half: string | undefined, reading: HourReading, hasDay: boolean): readonly number[] {
  if (hour === 0 || hour > 12) return [hour];
  const morning = hour % 12;
  if (half) return [half === "am" ? morning : morning + 12];
  if (reading === "morning") return [hour === 12 ? 12 : morning];
  if (hasDay && (hour < 5 || hour === 12)) return [morning + 12];
  return [morning, morning + 12];
}

function nextInstant(
  now: Date,
  day: Date | undefined,
  hours: readonly number[],
  minute: number,
  reading: HourReading,
): Date | undefined {
  const base = day ?? now;
  const days = day ? [0] : [0, 1];
  const instants = days.flatMap((add) =>
    hours.map((hour) => new Date(base.getFullYear(), base.getMonth(), base.getDate() + add, hour, minute)),
  );
  const isMeant = (instant: Date): boolean =>
    reading !== "waking" ||
    hours.length === 1 ||
    instant.getHours() >= NIGHT_ENDS_HOUR ||
    instant.getTime() - now.getTime() <= SOON_MS;
  return instants.find((instant) => instant > now && isMeant(instant));
}

function nextDay(day: Date): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
}

function atMinute(hour: string, minutes: string): string {
  return `${hour}:${minutes.padStart(2, "0")}`;
}

function minutesBefore(minutes: number, hour: string): string {
  const before = Number(hour) === 1 ? 12 : Number(hour) - 1;
  return atMinute(String(before), String(60 - minutes));
}

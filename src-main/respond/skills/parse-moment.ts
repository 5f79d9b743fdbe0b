import type { ParsedComponents } from "chrono-node";
import * as chrono from "chrono-node/en";
import { findHoliday } from "./holidays.ts";
import { startOfDay } from "./say.ts";

/** Which way an ambiguous date or time of day is read. */
export type Preference = "past" | "future";

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
  [/\bmidnight\b/, "12:00 am"],
];
const TIME = /\b(\d{1,2})(?::(\d{2}))?(?: (am|pm))?(?=\s|$)(?! of\b)/;
const MORNING = /\b(?:in the |this |tomorrow )?morning\b/;
const LATER_DAY = /\b(?:in the |this )?(?:afternoon|evening)\b|\b(?:at |to)?night\b/;

/**
 * The next instant that a spoken time of day means: "half past 6", "7 30 tomorrow morning", "18:45", "noon on friday". Without "AM" or "PM"
 * it is the morning if `isWakeUp`, else whichever comes first. Undefined when a word is left over. Pure.
 */
export function parseMoment(text: string, now: Date, isWakeUp: boolean): Date | undefined {
  let rest = text
    .replace(/\b(?:at|by|around|about|for|exactly)\b/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  for (const [pattern, replacement] of TIME_REWRITES) {
    rest = typeof replacement === "string" ? rest.replace(pattern, replacement) : rest.replace(pattern, replacement);
  }
  const time = TIME.exec(rest);
  if (!time) return undefined;
  const hour = Number(time[1]);
  const minute = Number(time[2] ?? 0);
  if (hour > 23 || minute > 59) return undefined;
  rest = rest.replace(time[0], " ");
  const half = time[3] ?? (MORNING.test(rest) ? "am" : LATER_DAY.test(rest) ? "pm" : undefined);
  const dayText = rest
    .replace(MORNING, (word) => (word.startsWith("tomorrow") ? "tomorrow" : " "))
    .replace(/\btonight\b|\bthis (?:afternoon|evening)\b/, "today")
    .replace(LATER_DAY, " ")
    .replace(/\s+/g, " ")
    .trim();
  const day = dayText === "" ? undefined : parseDay(dayText, now, "future");
  if (dayText !== "" && !day) return undefined;
  return nextInstant(now, day, readHours(hour, half, isWakeUp, day !== undefined), minute);
}

/** The day that a text means: a holiday or any date that chrono reads. Undefined when a word is left over. Local midnight. Pure. */
export function parseDay(text: string, now: Date, preference: Preference): Date | undefined {
  const plain = text
    .replace(/^(?:(?:on|the|this coming|coming|of|its|falls?|it) )+/, "")
    .replace(/^day after tomorrow$/, "in 2 days")
    .replace(/^day before yesterday$/, "2 days ago");
  const holiday = findHoliday(plain, now, preference);
  if (holiday) return holiday;
  const [found, ...others] = chrono.parse(plain, now, { forwardDate: preference === "future" });
  if (!found || others.length > 0 || found.end || found.text.length !== plain.length || found.index > 0)
    return undefined;
  if (found.start.isCertain("hour") || !isDay(found.start)) return undefined;
  const day = startOfDay(found.start.date());
  const isYearFree = found.start.isCertain("month") && !found.start.isCertain("year");
  if (isYearFree && preference === "past" && day > now) day.setFullYear(day.getFullYear() - 1);
  return day;
}

function isDay(found: ParsedComponents): boolean {
  return found.isCertain("day") || found.isCertain("weekday") || found.isCertain("month");
}

/** The hours of the day that may be meant, in order of preference when a day is given. */
function readHours(hour: number, half: string | undefined, isWakeUp: boolean, hasDay: boolean): readonly number[] {
  if (hour === 0 || hour > 12) return [hour];
  const morning = hour % 12;
  if (half) return [half === "am" ? morning : morning + 12];
  if (isWakeUp) return [hour === 12 ? 12 : morning];
  if (hasDay) return [hour >= 5 && hour < 12 ? morning : morning + 12];
  return [morning, morning + 12];
}

function nextInstant(now: Date, day: Date | undefined, hours: readonly number[], minute: number): Date | undefined {
  const base = day ?? now;
  const days = day ? [0] : [0, 1];
  const instants = days.flatMap((add) =>
    hours.map((hour) => new Date(base.getFullYear(), base.getMonth(), base.getDate() + add, hour, minute)),
  );
  return instants.find((instant) => instant > now);
}

function atMinute(hour: string, minutes: string): string {
  return `${hour}:${minutes.padStart(2, "0")}`;
}

function minutesBefore(minutes: number, hour: string): string {
  const before = Number(hour) === 1 ? 12 : Number(hour) - 1;
  return atMinute(String(before), String(60 - minutes));
}

import { MONTH, parseDay, parseMoment } from "./parse-moment.ts";
import { sayCount, sayDate, sayDuration, sayMoment, startOfDay } from "./say.ts";
import type { Skill, SkillAnswer } from "./skill.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const WHOLE_MONTH = new RegExp(`^(?:this month|${MONTH}(?: (?:of )?\\d{4})?)$`);
const MONTH_AND_YEAR = new Intl.DateTimeFormat("en-US", { month: "long", year: "numeric" });

/** Says on which day a date falls, and how far away it is. */
export const calendarSkill: Skill = {
  triggers: [
    "fourth of july",
    "how many days",
    "how many weeks",
    "until",
    "days until",
    "what day",
    "what day is",
    "what day was",
  ],
  intents: [
    {
      patterns: [
        "(what|which) [is|was] [the] (day|date|weekday) [of the week] (was|did) [it] [on] {text} [fall on|fall|on]",
        "(what|which) [day] (day|date) was [it] {text}",
        "what was {text} date",
        "when was {text}",
      ],
      answer: ({ text = "" }, { nowMs }) => sayDay(text, nowMs, "past"),
    },
    {
      patterns: [
        "(what|which) [is|will] [the] (day|date|weekday) [of the week] (is|does|will|are) [it] [be|on] {text} [fall on|be on|be|fall|on|land on]",
        "what [is] [the|a] (date|day) [of|for|on] {text}",
        "what is {text} date",
        "when (is|does) [the] {text} [fall|this year]",
        "what [is] [the] (date|day) [is|it] [on|be] {text}",
      ],
      answer: ({ text = "" }, { nowMs }) => sayDay(text, nowMs, "future"),
    },
    {
      patterns: [
        "how many days (is it|are there|were there|are left|left|do we have|remain|are there left|to go) (until|till|til|to|before) {text}",
        "how many (more days|days|sleeps) (until|till|til|to|before) {text}",
        "[the] [number of] days (until|till|til) {text}",
        "how (long|far|many days) (is it|away is|off is|until is) [until|till|til|to|away] {text}",
        "how many days (is|are) {text} away",
        "how far away is {text}",
      ],
      answer: ({ text = "" }, { nowMs }) => sayDistance(text, nowMs, "day"),
    },
    {
      patterns: [
        "how (long|much time|many hours|many minutes) [is it|are there|are left|is left|do i have|do we have|left] (until|till|til|to|before) {text}",
      ],
      answer: ({ text = "" }, { nowMs }) => sayDistance(text, nowMs, "day") ?? sayTimeUntil(text, nowMs),
    },
    {
      patterns: ["how many days [are there|there are|are|is|does] [there] [in] [the month of] {text} [have|has]"],
      answer: ({ text = "" }, { nowMs }) => sayDaysOf(text, new Date(nowMs)),
    },
    {
      patterns: [
        "how many [more] weeks (until|till|til|to|before) {text}",
        "how many weeks (is it|are there|are left) (until|till|til|to|before) {text}",
      ],
      answer: ({ text = "" }, { nowMs }) => sayDistance(text, nowMs, "week"),
    },
    {
      patterns: [
        "how many days (since|has it been since|have passed since|is it since|ago was) {text}",
        "how long (since|has it been since|ago was) {text}",
      ],
      answer: ({ text = "" }, { nowMs }) => {
        const now = new Date(nowMs);
        const day = parseDay(text, now, "past");
        if (!day || day > now) return undefined;
        return { say: `${sayCount(daysBetween(day, now), "day")}, since ${sayDate(day, now)}.` };
      },
    },
  ],
};

function sayDay(text: string, nowMs: number, preference: "past" | "future"): SkillAnswer | undefined {
  const now = new Date(nowMs);
  const day = parseDay(
    text.replace(/s$/, (end) => (/^(?:yesterday|tomorrow)s$/.test(text) ? "" : end)),
    now,
    preference,
  );
  if (!day) return undefined;
  return { say: `That ${day < startOfDay(now) ? "was" : "is"} ${sayDate(day, now)}.` };
}

function sayDistance(text: string, nowMs: number, unit: "day" | "week"): SkillAnswer | undefined {
  const now = new Date(nowMs);
  const day = parseDay(text, now, "future");
  if (!day || day < startOfDay(now)) return undefined;
  const days = daysBetween(now, day);
  if (days === 0) return { say: "That is today." };
  const weeks = Math.floor(days / 7);
  const rest = days % 7 === 0 ? "" : ` and ${sayCount(days % 7, "day")}`;
  const count = unit === "week" && weeks > 0 ? `${sayCount(weeks, "week")}${rest}` : sayCount(days, "day");
  return { say: `${count}, until ${sayDate(day, now)}.` };
}

function sayTimeUntil(text: string, nowMs: number): SkillAnswer | undefined {
  const now = new Date(nowMs);
  const at = parseMoment(text, now, "soonest");
  if (!at) return undefined;
  const lengthMs = Math.ceil((at.getTime() - nowMs) / MINUTE_MS) * MINUTE_MS;
  return { say: `${sayDuration(lengthMs)}, until ${sayMoment(at, now)}.` };
}

/** Undefined when the text names neither a month nor a leap year. */
function sayDaysOf(text: string, now: Date): SkillAnswer | undefined {
  if (/^(?:a )?leap year$/.test(text)) return { say: "A leap year has 366 days." };
  const month = WHOLE_MONTH.test(text) ? (text === "this month" ? now : parseDay(text, now, "future")) : undefined;
  if (!month) return undefined;
  const days = new Date(month.getFullYear(), month.getMonth() + 1, 0).getDate();
  return { say: `${MONTH_AND_YEAR.format(month)} has ${sayCount(days, "day")}.` };
}

/** Calendar days from one date to a later one, whatever the clocks do in between. */
function daysBetween(from: Date, to: Date): number {
  return Math.round((startOfDay(to).getTime() - startOfDay(from).getTime()) / DAY_MS);
}

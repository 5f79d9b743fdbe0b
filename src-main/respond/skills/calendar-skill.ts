import { parseDay } from "./parse-moment.ts";
import { sayCount, sayDate, startOfDay } from "./say.ts";
import type { Skill, SkillAnswer } from "./skill.ts";

const DAY_MS = 86_400_000;

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
        "how long (until|till|til|before) {text}",
        "how many days (is|are) {text} away",
        "how far away is {text}",
      ],
      answer: ({ text = "" }, { nowMs }) => sayDistance(text, nowMs, "day"),
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

/** Calendar days from one date to a later one, whatever the clocks do in between. */
function daysBetween(from: Date, to: Date): number {
  return Math.round((startOfDay(to).getTime() - startOfDay(from).getTime()) / DAY_MS);
}

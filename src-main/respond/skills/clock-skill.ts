import { findTimeZone } from "./time-zones.ts";
import { parseDuration } from "./parse-duration.ts";
import { sayDate, sayMoment, sayTimeOfDay, sayWeekday } from "./say.ts";
import type { Skill } from "./skill.ts";

const MONTH_AND_YEAR = new Intl.DateTimeFormat("en-US", { month: "long", year: "numeric" });
const TODAY = "[today|here|again]";

/** Tells the time, here and elsewhere, the date and the day of the week. */
export const clockSkill: Skill = {
  triggers: [
    "time",
    "the time",
    "what time is it",
    "what is the time",
    "date",
    "what date is it",
    "what day is it",
    "what month is it",
    "today",
    "todays",
    "month",
  ],
  intents: [
    {
      patterns: [
        `what [is] [the] [current|exact|local] time [is|it|on] [is|it|clock] ${TODAY}`,
        `[what is|give me|say|check|read] [me] [the|a] [current|exact|local] time [is it|it is|is] ${TODAY}`,
        "what time (do|have) (you|we) (have|make it|got)",
        "[have] you [got] the time",
        "[do] you have the time",
        "got the time",
        "(how late|what hour) (is it|it is)",
        "what does the clock say",
        "what is the hour",
      ],
      answer: (_, { nowMs }) => ({ say: `It is ${sayTimeOfDay(new Date(nowMs))}.` }),
    },
    {
      patterns: [
        "what time (will|would) it be (in|after) {duration} [from]",
        "what time (is it|is) [in] {duration} from",
        "what is the time in {duration}",
      ],
      answer: ({ duration = "" }, { nowMs }) => {
        const at = new Date(nowMs + parseDuration(duration));
        return { say: `It will be ${sayMoment(at, new Date(nowMs))}.` };
      },
    },
    {
      patterns: [
        "what [is] [the] [current|local] time [is] [it|is it] [now] (in|for|over in) {text}",
        "[the] [current|local] time [is it] in {text}",
        "what is the time [now] in {text}",
      ],
      answer: ({ text = "" }, { nowMs }) => {
        const place = findTimeZone(text);
        if (!place) return undefined;
        const now = new Date(nowMs);
        const day = sayWeekday(now, place.timeZone);
        const suffix = day === sayWeekday(now) ? "" : ` on ${day}`;
        return { say: `It is ${sayTimeOfDay(now, place.timeZone)}${suffix} in ${place.name}.` };
      },
    },
    {
      patterns: [
        `what [is] [the|todays|a] [current|full|exact] date [is] [it|of] ${TODAY}`,
        "what is the date (of|for) today",
        `[give me|say] [todays|the|current] date [is it] ${TODAY}`,
        "what is todays (day and date|date and day)",
        "what (day of the month|day of month) is (it|today)",
        "what is today [is] date",
        "which date is (it|today)",
      ],
      answer: (_, { nowMs }) => ({ say: `Today is ${sayDate(new Date(nowMs), new Date(nowMs))}.` }),
    },
    {
      patterns: [
        `(what|which) [is] [the|todays] (day|weekday) [of the week|of week] [is|it] [it|is] ${TODAY}`,
        "what [is] (today|todays day)",
        "(what|which) (day|weekday) (of|in) the week (is|have we) [it|today|got]",
        "[the] day of the week",
        "what day have we got [today]",
        "what day are we [on|today]",
      ],
      answer: (_, { nowMs }) => ({ say: `Today is ${sayWeekday(new Date(nowMs))}.` }),
    },
    {
      patterns: ["is (it|today) [a] {label} [today]"],
      answer: ({ label = "" }, { nowMs }) => {
        if (!/^(?:mon|tues|wednes|thurs|fri|satur|sun)day$/.test(label)) return undefined;
        const today = sayWeekday(new Date(nowMs));
        return { say: `${today.toLowerCase() === label ? "Yes" : "No"}, today is ${today}.` };
      },
    },
    {
      patterns: [
        `(what|which) month (is|are) (it|this|we in|we) ${TODAY}`,
        "what is [the|this] [current] month",
        `(what|which) year (is|are) (it|this|we in|we) ${TODAY}`,
        "what is [the|this] [current] year",
      ],
      answer: (_, { nowMs }) => ({ say: `It is ${MONTH_AND_YEAR.format(nowMs)}.` }),
    },
  ],
};

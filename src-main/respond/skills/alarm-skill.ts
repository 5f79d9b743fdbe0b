import type { Timer } from "../timer-store.ts";
import { parseDuration } from "./parse-duration.ts";
import { MONTH, parseDayPart, parseMoment, type HourReading } from "./parse-moment.ts";
import { sayMoment } from "./say.ts";
import type { Situation, Skill, SkillAnswer } from "./skill.ts";
import { GOES_OFF, START, turnRound } from "./timer-skill.ts";

const WAKE = "(wake|get) me [up|out of bed]";
const REPEATED =
  /\b(?:every|each) (?:\d+ |other |single )?(?:(?:week|mon|tues|wednes|thurs|fri|satur|sun)?day|morning|evening|night|week|month|year|hour|minute)s?\b/;

const BARE_NUMBER = /^\d+$/;
const WEEKDAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day";
/** Where in a reminder its time may begin. */
const TIME_BEGINS = new RegExp(
  ` (?=(?:at|today|tomorrow|tonight|this|on|by|in the|next|the day after tomorrow|${WEEKDAY}|${MONTH} \\d{1,2}(?:st|nd|rd|th)?)\\b)`,
  "g",
);
/** The task of a reminder does not end so: the day would be lost. "Prepare for Friday" may. */
const ENDS_IN_DAY = new RegExp(
  `\\b(?<!\\b(?:for|about|of|the|until|before) )(?:today|tomorrow|${WEEKDAY}|from now|the day after|next (?:week|month|year)|on the \\S+|${MONTH} \\S+)$`,
);

/** Sets alarms and reminders for a time of day. */
export const alarmSkill: Skill = {
  triggers: [
    "alarm",
    "alarms",
    "set an alarm",
    "an alarm",
    "alarm for",
    "wake me",
    "wake me up",
    "wake me up at",
    "up at",
    "half past",
    "quarter to",
  ],
  intents: [
    {
      patterns: [`${WAKE} [at|by|for|around] {text}`, `${START} wake up call (for|at) {text}`],
      answer: ({ text = "" }, situation) => setAlarm("", text, "morning", situation),
    },
    {
      patterns: [
        `${WAKE} (in|after) {duration} [from]`,
        `${START} alarm ${GOES_OFF} (in|for|after) {duration} [from]`,
        `[an] alarm (in|for) {duration}`,
      ],
      answer: ({ duration = "" }, situation) => {
        const lengthMs = parseDuration(duration);
        return addAlarm("alarm", "", situation.nowMs + lengthMs, situation);
      },
    },
    {
      patterns: [
        `${START} [new] alarm [clock] ${GOES_OFF} [for|at|to|on] {text}`,
        `[an|new] alarm [clock] [for|at|on] {text}`,
        `${START} {text} alarm`,
      ],
      answer: ({ text = "" }, situation) => setAlarm("", text, "soonest", situation),
    },
    {
      patterns: [
        `${START} {label} alarm (for|at) {text}`,
        `${START} alarm (called|named|labeled|labelled) {label} (for|at) {text}`,
      ],
      answer: ({ label = "", text = "" }, situation) => setAlarm(label, text, "soonest", situation),
    },
    {
      patterns: ["remind me {text}", `${START} [new] reminder {text}`, "[a|new] reminder {text}"],
      answer: ({ text = "" }, situation) => setReminder(text, situation),
    },
    {
      patterns: ["remind me (to|about|that|of) {text}", `${START} [new] reminder (to|about|for|of|that) {text}`],
      answer: ({ text = "" }) => askWhen("When shall I remind you?", text),
    },
    {
      patterns: ["remind me", `${START} [new] reminder`, "[a] new reminder"],
      answer: () => askWhen("When shall I remind you?", ""),
    },
    {
      patterns: [
        `${START} [new] alarm [clock]`,
        "[an|new] alarm",
        `${START} alarm (for|at) {label}`,
        `${START} [new] alarm [clock] (for|at|to) {number}`,
      ],
      answer: () => askTime("soonest"),
    },
    {
      patterns: [WAKE, `${WAKE} (at|by) {label}`],
      answer: () => askTime("morning"),
    },
  ],
};

/** `day`: see {@link askTime}. */
function setAlarm(
  label: string,
  text: string,
  reading: HourReading,
  situation: Situation,
  day = "",
): SkillAnswer | undefined {
  if (REPEATED.test(text)) return ONLY_ONCE;
  const now = new Date(situation.nowMs);
  const due = parseMoment(text, now, reading, { day });
  if (due) return addAlarm("alarm", label, due.getTime(), situation);
  if (BARE_NUMBER.test(text)) return askTime(reading, label);
  return parseDayPart(text, now) && askTime(reading, label, text);
}

/** Where nothing but the time is missing, it is asked for. */
function setReminder(text: string, situation: Situation): SkillAnswer | undefined {
  if (REPEATED.test(text)) return ONLY_ONCE;
  const now = new Date(situation.nowMs);
  const splits = splitReminder(text);
  for (const { task, when } of splits) {
    const due = parseMoment(when, now, "waking");
    if (due) return addAlarm("reminder", task, due.getTime(), situation);
  }
  const dated = splits.find(({ when }) => parseDayPart(when, now));
  return dated && askWhen("At what time?", dated.task, dated.when);
}

/** "at 5 pm to call mum", "to call mum at 5 pm", "for 5 pm": every place where the time may end or begin. */
function splitReminder(text: string): readonly { readonly task: string; readonly when: string }[] {
  const start = text.replace(/^(?:at|on|for) /, "");
  const ends = [...start.matchAll(/(?<=\S) (?:to|about|that) (?=\S)/g)].toReversed();
  const rest = text.replace(/^(?:to|about|that|for|of) /, "");
  const joints = [...rest.matchAll(TIME_BEGINS)];
  return [
    ...ends.map(({ index, 0: joint }) => ({ task: start.slice(index + joint.length), when: start.slice(0, index) })),
    { task: "", when: rest },
    ...joints.map(({ index }) => ({ task: rest.slice(0, index), when: rest.slice(index + 1) })),
  ].filter(({ task }) => !ENDS_IN_DAY.test(task));
}

/** `label`: what it is for, or what to be reminded of; empty for nothing. */
export function addAlarm(
  kind: "alarm" | "reminder",
  label: string,
  dueAtMs: number,
  situation: Situation,
): SkillAnswer {
  const { timers, nowMs } = situation;
  const timer: Omit<Timer, "id"> = { kind, label: turnRound(label), dueAtMs, lengthMs: 0 };
  const moment = sayMoment(new Date(dueAtMs), new Date(nowMs));
  const name = label === "" ? "alarm" : `${label} alarm`;
  const say = kind === "reminder" ? `I will remind you at ${moment}.` : `Your ${name} is set for ${moment}.`;
  return { say, run: () => timers.set(timer) };
}

/** `day` is what was said of the day, if anything. */
function askWhen(say: string, task: string, day = ""): SkillAnswer {
  const opening = "[yes|ok|okay|make it|say]";
  return {
    say,
    followUps: [
      {
        patterns: [`${opening} (in|after) [about] {duration} [from]`],
        answer: ({ duration = "" }, situation) =>
          addAlarm("reminder", task, situation.nowMs + parseDuration(duration), situation),
      },
      {
        patterns: [`${opening} [for|at|on] {text}`],
        answer: ({ text = "" }, situation) => {
          const due = parseMoment(text, new Date(situation.nowMs), "waking", { day });
          return due && addAlarm("reminder", task, due.getTime(), situation);
        },
      },
      {
        patterns: ["[remind me] (to|about|that|of) {text}"],
        answer: ({ text = "" }, situation) =>
          task === "" ? (setReminder(text, situation) ?? askWhen(say, text, day)) : undefined,
      },
    ],
  };
}

/** `day` is what was said of the day, if anything. Another day may be said with the time. */
function askTime(reading: HourReading, label = "", day = ""): SkillAnswer {
  return {
    say: "For what time?",
    followUps: [
      {
        patterns: ["[yes|ok|okay|make it|set it|it should be|make that|say] [for|at|to] {text}"],
        answer: ({ text = "" }, situation) => setAlarm(label, text, reading, situation, day),
      },
    ],
  };
}

const ONLY_ONCE: SkillAnswer = { say: "I can set that for one time only, not again and again." };

import type { Timer } from "../timer-store.ts";
import { parseDuration } from "./parse-duration.ts";
import { parseMoment } from "./parse-moment.ts";
import { sayMoment } from "./say.ts";
import type { Situation, Skill, SkillAnswer } from "./skill.ts";
import { START, turnRound } from "./timer-skill.ts";

const WAKE = "(wake|get) me [up|out of bed]";

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
      answer: ({ text = "" }, situation) => setAlarm("", text, true, situation),
    },
    {
      patterns: [
        `${WAKE} (in|after) {duration} [from]`,
        `${START} alarm (in|for|after) {duration} [from]`,
        `[an] alarm (in|for) {duration}`,
      ],
      answer: ({ duration = "" }, situation) => {
        const lengthMs = parseDuration(duration);
        return addAlarm("alarm", "", situation.nowMs + lengthMs, situation);
      },
    },
    {
      patterns: [
        `${START} [new] alarm [clock] [for|at|to] {text}`,
        `[an|new] alarm [clock] [for|at] {text}`,
        `${START} {text} alarm`,
      ],
      answer: ({ text = "" }, situation) => setAlarm("", text, false, situation),
    },
    {
      patterns: [
        `${START} {label} alarm (for|at) {text}`,
        `${START} alarm (called|named|labeled|labelled) {label} (for|at) {text}`,
      ],
      answer: ({ label = "", text = "" }, situation) => setAlarm(label, text, false, situation),
    },
    {
      patterns: ["remind me {text}", "set a reminder {text}"],
      answer: ({ text = "" }, situation) => setReminder(text, situation),
    },
    {
      patterns: ["remind me (to|about|that) {text}", "set a reminder (to|about|for) {text}"],
      answer: ({ text = "" }) => askWhen(text),
    },
    {
      patterns: [`${START} [new] alarm [clock]`, "[an|new] alarm", `${START} alarm (for|at) {label}`],
      answer: () => askTime(false),
    },
    {
      patterns: [WAKE, `${WAKE} (at|by) {label}`],
      answer: () => askTime(true),
    },
  ],
};

function setAlarm(label: string, text: string, isWakeUp: boolean, situation: Situation): SkillAnswer | undefined {
  const due = parseMoment(text, new Date(situation.nowMs), isWakeUp);
  if (due) return addAlarm("alarm", label, due.getTime(), situation);
  return undefined;
}

/** "at 5 pm to call mum", "to call mum at 5 pm": tries every place where the time may end or begin. */
function setReminder(text: string, situation: Situation): SkillAnswer | undefined {
  const [, first = "", second = ""] = /^(?:(?:at|on|for) )?(.+?) (?:to|about|that) (.+)$/.exec(text) ?? [];
  const now = new Date(situation.nowMs);
  const early = first === "" ? undefined : parseMoment(first, now, false);
  if (early) return addAlarm("reminder", second, early.getTime(), situation);
  const task = text.replace(/^(?:to|about|that) /, "");
  for (const match of task.matchAll(/ (?=(?:at|tomorrow|tonight|this|on|by)\b)/g)) {
    const late = parseMoment(task.slice(match.index + 1), now, false);
    if (late) return addAlarm("reminder", task.slice(0, match.index), late.getTime(), situation);
  }
  return undefined;
}

function addAlarm(kind: "alarm" | "reminder", label: string, dueAtMs: number, situation: Situation): SkillAnswer {
  const { timers, nowMs } = situation;
  const timer: Omit<Timer, "id"> = { kind, label: turnRound(label), dueAtMs, lengthMs: 0 };
  const moment = sayMoment(new Date(dueAtMs), new Date(nowMs));
  const name = label === "" ? "alarm" : `${label} alarm`;
  const say = kind === "reminder" ? `I will remind you at ${moment}.` : `Your ${name} is set for ${moment}.`;
  return { say, run: () => timers.set(timer) };
}

function askWhen(task: string): SkillAnswer {
  const opening = "[yes|ok|okay|make it|say]";
  return {
    say: "When shall I remind you?",
    followUps: [
      {
        patterns: [`${opening} (in|after) [about] {duration} [from]`],
        answer: ({ duration = "" }, situation) =>
          addAlarm("reminder", task, situation.nowMs + parseDuration(duration), situation),
      },
      {
        patterns: [`${opening} [for|at|on] {text}`],
        answer: ({ text = "" }, situation) => {
          const due = parseMoment(text, new Date(situation.nowMs), false);
          return due && addAlarm("reminder", task, due.getTime(), situation);
        },
      },
    ],
  };
}

function askTime(isWakeUp: boolean): SkillAnswer {
  return {
    say: "For what time?",
    followUps: [
      {
        patterns: ["[yes|ok|okay|make it|set it|it should be|make that|say] [for|at|to] {text}"],
        answer: ({ text = "" }, situation) => setAlarm("", text, isWakeUp, situation),
      },
    ],
  };
}

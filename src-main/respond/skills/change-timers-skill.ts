import type { Timer } from "../timer-store.ts";
import { addAlarm } from "./alarm-skill.ts";
import { actOnOne, dueAtTime, findTimers, sayLeft, type Act } from "./find-timers.ts";
import { parseDuration } from "./parse-duration.ts";
import { parseMoment } from "./parse-moment.ts";
import { startOfDay } from "./say.ts";
import type { Intent, Situation, Skill, SkillAnswer, Slots } from "./skill.ts";

const THE = "[the|my|that|this]";
const MOVE = "(move|change|reset|push|shift|reschedule|update|adjust|switch|edit)";
const SNOOZE_MS = 600_000;

/** Makes what runs longer or shorter, moves it, starts it again. */
export const changeTimersSkill: Skill = {
  triggers: ["add", "minutes to", "extend", "reset", "restart", "move my alarm", "change my alarm", "snooze"],
  intents: [
    ...intentsFor("timer"),
    ...intentsFor("alarm"),
    ...intentsFor("reminder"),
    ...moveIntentsFor("alarm"),
    ...moveIntentsFor("reminder"),
    {
      patterns: [
        `(reset|restart|rerun) ${THE} [{label}] timer [again]`,
        `(reset|restart|rerun) ${THE} {duration} timer [again]`,
        `start (the|my|that) [{label}] timer (over|again|from the beginning)`,
      ],
      answer: (slots, situation) =>
        changeOne("timer", findTimers("timer", slots, situation), situation, (timer) =>
          restarted(timer, timer.lengthMs, situation),
        ),
    },
    {
      patterns: [`${MOVE} ${THE} [{label}] timer to {duration}`],
      answer: ({ label, duration = "" }, situation) =>
        restart(findTimers("timer", { label }, situation), duration, situation),
    },
    {
      patterns: ["set (the|my|that) {label} timer to {duration}"],
      answer: ({ label, duration = "" }, situation) => {
        const found = findTimers("timer", { label }, situation);
        return found.length === 1 ? restart(found, duration, situation) : undefined;
      },
    },
    {
      patterns: [
        `(pause|hold|freeze|suspend|resume|unpause|continue) ${THE} [{label}] timer`,
        `(pause|hold|freeze|suspend|resume|unpause|continue) ${THE} {duration} timer`,
      ],
      answer: (slots, situation) => {
        const left = findTimers("timer", slots, situation).map((timer) => sayLeft(timer, situation.nowMs));
        return { say: ["I can not pause a timer.", ...left].join(" ") };
      },
    },
    {
      patterns: [
        `snooze [it|${THE} alarm]`,
        `snooze [it|${THE} alarm] for {duration}`,
        "let me sleep [for] [another] {duration} [more|longer]",
      ],
      answer: ({ duration }, situation) =>
        addAlarm("alarm", "", situation.nowMs + (duration ? parseDuration(duration) : SNOOZE_MS), situation),
    },
  ],
};

function intentsFor(kind: Timer["kind"]): Intent[] {
  const later = ({ label, duration = "" }: Slots, situation: Situation, sign: 1 | -1) =>
    changeOne(kind, findTimers(kind, { label }, situation), situation, (timer) => ({
      ...timer,
      dueAtMs: timer.dueAtMs + sign * parseDuration(duration),
    }));
  return [
    {
      patterns: [
        `add [another] {duration} [more] to ${THE} [{label}] ${kind}`,
        `(extend|lengthen|increase|delay|postpone) ${THE} [{label}] ${kind} by [another] {duration}`,
        `(move|push) ${THE} [{label}] ${kind} back [by] {duration}`,
        `push back ${THE} [{label}] ${kind} [by] {duration}`,
        `give ${THE} [{label}] ${kind} {duration} more`,
        `make ${THE} [{label}] ${kind} {duration} (longer|later)`,
      ],
      answer: (slots, situation) => later(slots, situation, 1),
    },
    {
      patterns: [
        `(shorten|reduce|decrease|cut) ${THE} [{label}] ${kind} by {duration}`,
        `(take|subtract|remove|cut) {duration} (off|from|off of) ${THE} [{label}] ${kind}`,
        `make ${THE} [{label}] ${kind} {duration} (shorter|earlier)`,
      ],
      answer: (slots, situation) => later(slots, situation, -1),
    },
  ];
}

/** What is due at a time of day. */
function moveIntentsFor(kind: "alarm" | "reminder"): Intent[] {
  return [
    {
      patterns: [`${MOVE} ${THE} ${kind} from {quantity} to {text}`, `${MOVE} ${THE} {quantity} ${kind} to {text}`],
      answer: ({ quantity = "", text = "" }, situation) => {
        const found = dueAtTime(findTimers(kind, {}, situation), quantity, situation);
        return found && moveTo(kind, found, text, situation);
      },
    },
    {
      patterns: [`${MOVE} ${THE} [{label}] ${kind} (to|for|until) {text}`],
      answer: ({ label, text = "" }, situation) =>
        moveTo(kind, findTimers(kind, { label }, situation), text, situation),
    },
  ];
}

/** A time without a day is one of the day on which it was due, and in the morning where it was due in one. */
function moveTo(
  kind: Timer["kind"],
  found: readonly Timer[],
  text: string,
  situation: Situation,
): SkillAnswer | undefined {
  const now = new Date(situation.nowMs);
  const movedTo = ({ dueAtMs }: Timer): Date | undefined => {
    const due = new Date(dueAtMs);
    const from = new Date(Math.max(situation.nowMs, startOfDay(due).getTime() - 1));
    return parseMoment(text, now, due.getHours() < 12 ? "morning" : "soonest", { from });
  };
  if (!parseMoment(text, now, "soonest")) return undefined;
  return changeOne(kind, found, situation, (timer) => ({
    ...timer,
    dueAtMs: movedTo(timer)?.getTime() ?? timer.dueAtMs,
  }));
}

function restart(found: readonly Timer[], duration: string, situation: Situation): SkillAnswer {
  return changeOne("timer", found, situation, (timer) => restarted(timer, parseDuration(duration), situation));
}

function restarted(timer: Timer, lengthMs: number, { nowMs }: Situation): Timer {
  return { ...timer, lengthMs, dueAtMs: nowMs + lengthMs };
}

/** Changes the one that is meant, unless nothing would be left of it. */
function changeOne(
  kind: Timer["kind"],
  found: readonly Timer[],
  situation: Situation,
  change: (timer: Timer) => Timer,
): SkillAnswer {
  const act: Act = (timers, { nowMs }) => {
    const over = timers.find((timer) => change(timer).dueAtMs <= nowMs);
    if (over) return { say: sayLeft(over, nowMs) };
    const changed = timers.map((timer) => change(timer));
    return {
      say: changed.map((timer) => sayLeft(timer, nowMs)).join(" "),
      run: () => {
        for (const { id, ...timer } of changed) {
          situation.timers.cancel(id);
          situation.timers.set(timer);
        }
      },
    };
  };
  return actOnOne(kind, found, act, situation);
}

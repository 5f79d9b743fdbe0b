import { nameTimer, type Timer } from "../timer-store.ts";
import { MOST_DISTANT_ALIKE, soundDistance } from "./near-misses.ts";
import { parseDuration } from "./parse-duration.ts";
import { parseDayPart, parseMoment } from "./parse-moment.ts";
import { sayDuration, sayLength, sayList, sayMoment, sayTimeOfDay, startOfDay } from "./say.ts";
import type { Intent, Situation, Skill, SkillAnswer, Slots } from "./skill.ts";

const CANCEL =
  "(cancel|stop|delete|remove|clear|end|kill|turn off|switch off|shut off|dismiss|get rid of|abort|scrap|forget|silence|disable|drop|quit|reset|turn|switch)";
const THE = "[the|my|that|this|a|any]";
const RUNNING =
  "[do i have|have i got|have i set|are there|are] [currently] [running|set|on|active|going|left|up] [right now|now]";

/** What is done with the timers that were meant. */
type Act = (timers: readonly Timer[], situation: Situation) => SkillAnswer;

/** Lists, checks, extends and cancels what runs. */
export const runningTimersSkill: Skill = {
  triggers: [
    "cancel",
    "cancel all",
    "cancel my timer",
    "cancel the",
    "list my",
    "how much time is left",
    "how long is left",
    "timer",
    "timers",
    "left on my timer",
  ],
  intents: [...intentsFor("timer"), ...intentsFor("alarm"), ...intentsFor("reminder"), ...intentsForAll()],
};

function intentsFor(kind: Timer["kind"]): Intent[] {
  const plural = `${kind}s`;
  return [
    {
      patterns: [
        `${CANCEL} [all|both|every] [of] ${THE} ${plural} [off]`,
        `${CANCEL} [all of] ${THE} ${plural}`,
        `${CANCEL} (every|each) [single] ${kind}`,
      ],
      answer: (_, situation) => {
        const all = situation.timers.timers.filter((timer) => timer.kind === kind);
        return all.length === 0 ? { say: sayNone(kind, situation) } : cancelAll(all, situation);
      },
    },
    {
      patterns: [
        `${CANCEL} ${THE} [{label}] ${kind} [off|again]`,
        `${CANCEL} ${THE} {duration} ${kind}`,
        `${CANCEL} ${THE} ${kind} [for|called|named|to|on] ${THE} {label}`,
        `${CANCEL} ${THE} ${kind} for {duration}`,
      ],
      answer: (slots, situation) => cancelOne(kind, slots, situation),
    },
    {
      patterns: [`${CANCEL} ${THE} {text} ${kind}`, `${CANCEL} ${THE} ${kind} (for|at|set for) {text}`],
      answer: ({ text = "" }, situation) => cancelAt(kind, text, situation),
    },
    {
      patterns: [
        `add [another] {duration} [more] to ${THE} [{label}] ${kind}`,
        `(extend|lengthen|increase) ${THE} [{label}] ${kind} by [another] {duration}`,
        `give ${THE} [{label}] ${kind} {duration} more`,
      ],
      answer: ({ label, duration = "" }, situation) => extend(kind, { label }, parseDuration(duration), situation),
    },
    {
      patterns: [
        `how (much|many) [more] (time|longer|more time|minutes|seconds|long) (is|are) (left|remaining|there left|there) [on|for|in|with] ${THE} [{label}] ${kind} [left]`,
        `how (much time|long|much longer|much) [is] [left|remaining] [on|for|in|until|till|before] ${THE} [{label}] ${kind} [is] [left|done|up|finished|over|goes off|rings|ends]`,
        `how (much time|long|much longer|much) (does|has|do|is) ${THE} [{label}] ${kind} (have|got|has) [left|remaining|to go]`,
        `how (much time|long) (do i have|have i got) [left|remaining] on ${THE} [{label}] ${kind}`,
        `when (is|will|does|are) ${THE} [{label}] ${kind} [be] (done|up|over|finished|due|ready|go off|end|finish|ring|set|going off) [for]`,
        `when is ${THE} [{label}] ${kind}`,
        `(check|how is|what is the status of|status of|what about|how about) ${THE} [{label}] ${kind} [doing|going|status]`,
        `what is (left|remaining) on ${THE} [{label}] ${kind}`,
        `what time is ${THE} [{label}] ${kind} [set] [for|at]`,
        `[the] time (left|remaining) on ${THE} [{label}] ${kind}`,
        `${kind} status`,
      ],
      answer: (slots, situation) => tellLeft(kind, slots, situation),
    },
    {
      patterns: [
        `(what|which) ${plural} ${RUNNING}`,
        `(what|which) [are] [my|the] ${plural} ${RUNNING}`,
        `(list|show|read|check|give me|name|say) [me] [all] [of] ${THE} ${plural}`,
        `[all] my ${plural}`,
        `(do i have|have i got|are there|is there|have i set|did i set|any) [a|an|any] (${kind}|${plural}) ${RUNNING}`,
        `how many ${plural} ${RUNNING}`,
        `is ${THE} ${kind} [still] (running|on|going|set|active)`,
      ],
      answer: (_, situation) =>
        listAll(
          situation.timers.timers.filter((timer) => timer.kind === kind),
          plural,
          situation,
        ),
    },
  ];
}

function intentsForAll(): Intent[] {
  return [
    {
      patterns: [
        `${CANCEL} [all] ${THE} (timers and|alarms and|reminders and) [my|the] (timers|alarms|reminders)`,
        "(cancel|delete|clear|remove) (everything|all of them|them all|all)",
      ],
      answer: (_, situation) => cancelAll(situation.timers.timers, situation),
    },
    {
      patterns: [
        "how (much time|much longer|long|many minutes) (is|do i have|have i got|are) (left|remaining)",
        "how much (longer|more time)",
        "[the|what is the] time (left|remaining)",
      ],
      answer: (_, situation) => (situation.timers.timers.length === 0 ? undefined : tellLeft(undefined, {}, situation)),
    },
  ];
}

function cancelAll(timers: readonly Timer[], situation: Situation): SkillAnswer {
  const [only] = timers;
  if (!only) return { say: "There is nothing to cancel." };
  const run = () => timers.forEach(({ id }) => situation.timers.cancel(id));
  if (timers.length === 1) return { say: `Your ${nameTimer(only)} is cancelled.`, run };
  const noun = timers.every(({ kind }) => kind === only.kind) ? ` ${only.kind}s` : "";
  return { say: `${timers.length === 2 ? "Both" : `All ${timers.length}`}${noun} are cancelled.`, run };
}

function cancelOne(kind: Timer["kind"], slots: Slots, situation: Situation): SkillAnswer {
  const called = findTimers(kind, slots, situation);
  const found = called.length > 0 ? called : findTimersOfDay(kind, slots, situation);
  const [only] = found;
  if (!only) return { say: sayNone(kind, situation) };
  if (found.length > 1) return askWhich(found, cancelAll);
  return cancelAll([only], situation);
}

/** Undefined when the text is not a time of day. */
function cancelAt(kind: Timer["kind"], text: string, situation: Situation): SkillAnswer | undefined {
  const now = new Date(situation.nowMs);
  const meant = (["morning", "soonest"] as const)
    .flatMap((reading) => parseMoment(text, now, reading) ?? [])
    .map((moment) => sayTimeOfDay(moment));
  if (meant.length === 0) return undefined;
  const found = situation.timers.timers.filter(
    (timer) => timer.kind === kind && meant.includes(sayTimeOfDay(new Date(timer.dueAtMs))),
  );
  if (found.length === 0) return { say: sayNone(kind, situation) };
  return found.length > 1 ? askWhich(found, cancelAll) : cancelAll(found, situation);
}

function extend(kind: Timer["kind"], slots: Slots, byMs: number, situation: Situation): SkillAnswer {
  const found = findTimers(kind, slots, situation);
  if (found.length === 0) return { say: sayNone(kind, situation) };
  const act: Act = (timers, now) => extendAll(timers, byMs, now);
  return found.length > 1 ? askWhich(found, act) : act(found, situation);
}

function extendAll(timers: readonly Timer[], byMs: number, situation: Situation): SkillAnswer {
  const extended = timers.map((timer) => ({ ...timer, dueAtMs: timer.dueAtMs + byMs }));
  return {
    say: extended.map((timer) => sayLeft(timer, situation.nowMs)).join(" "),
    run: () => {
      for (const { id, ...timer } of extended) {
        situation.timers.cancel(id);
        situation.timers.set(timer);
      }
    },
  };
}

function tellLeft(kind: Timer["kind"] | undefined, slots: Slots, situation: Situation): SkillAnswer {
  const found = findTimers(kind, slots, situation);
  if (found.length === 0) return { say: sayNone(kind ?? "timer", situation) };
  return { say: found.map((timer) => sayLeft(timer, situation.nowMs)).join(" ") };
}

function listAll(timers: readonly Timer[], plural: string, { nowMs }: Situation): SkillAnswer {
  if (timers.length === 0) return { say: `There are no ${plural} running.` };
  return { say: timers.map((timer) => sayLeft(timer, nowMs)).join(" ") };
}

function sayLeft(timer: Timer, nowMs: number): string {
  if (timer.kind !== "timer")
    return `Your ${nameTimer(timer)} is set for ${sayMoment(new Date(timer.dueAtMs), new Date(nowMs))}.`;
  return `Your ${nameTimer(timer)} has ${sayDuration(Math.max(1000, timer.dueAtMs - nowMs))} left.`;
}

function sayNone(kind: Timer["kind"], { timers, nowMs }: Situation): string {
  const others = timers.timers.filter((timer) => timer.kind === kind);
  if (others.length === 0) return `There is no ${kind} running.`;
  return [`There is no such ${kind}.`, ...others.map((timer) => sayLeft(timer, nowMs))].join(" ");
}

/** The timers that a label or length means; all of the kind without either. A label may have been heard a little differently each time. */
function findTimers(
  kind: Timer["kind"] | undefined,
  { label, duration }: Slots,
  { timers }: Situation,
): readonly Timer[] {
  const ofKind = timers.timers.filter((timer) => !kind || timer.kind === kind);
  if (duration) return ofKind.filter((timer) => timer.lengthMs === parseDuration(duration));
  if (!label) return ofKind;
  if (label === "next") return ofKind.slice(0, 1);
  const exact = ofKind.filter((timer) => timer.label === label);
  if (exact.length > 0) return exact;
  return ofKind.filter((timer) => timer.label !== "" && soundDistance(timer.label, label) <= MOST_DISTANT_ALIKE);
}

/** Those that are due on the day that a label means: "tomorrow", "mondays". */
function findTimersOfDay(kind: Timer["kind"], { label = "" }: Slots, { timers, nowMs }: Situation): readonly Timer[] {
  const now = new Date(nowMs);
  const day = parseDayPart(label, now) ?? parseDayPart(label.replace(/s$/, ""), now);
  return timers.timers.filter(
    (timer) => timer.kind === kind && day?.getTime() === startOfDay(new Date(timer.dueAtMs)).getTime(),
  );
}

function askWhich(timers: readonly Timer[], act: Act): SkillAnswer {
  const names = timers.map((timer) => `the ${nameTimer(timer)}`);
  const one: Intent = {
    patterns: ["[cancel|stop|no] [the|my] {text} [1|timer|alarm|reminder]"],
    answer: ({ text = "" }, situation) => {
      const chosen = timers.filter((timer) => isCalled(timer, text));
      return chosen.length === 1 ? act(chosen, situation) : undefined;
    },
  };
  const all: Intent = {
    patterns: ["[cancel|stop] (all|both|all of them|both of them|everything|them all)"],
    answer: (_, situation) => act(timers, situation),
  };
  return { say: `Which one, ${sayList(names, "or")}?`, followUps: [all, one] };
}

function isCalled(timer: Timer, text: string): boolean {
  const plain = text.replace(/s\b/g, "");
  const called = timer.label === "" ? sayLength(timer.lengthMs) : timer.label;
  return plain === called || soundDistance(called, text) <= MOST_DISTANT_ALIKE / 2;
}

import { nameTimer, type Timer } from "../timer-store.ts";
import { actOnOne, dueAtTime, dueOnDay, findTimers, isPlace, sayLeft, sayNone, type Act } from "./find-timers.ts";
import type { Intent, Situation, Skill, SkillAnswer, Slots } from "./skill.ts";

const CANCEL =
  "(cancel|stop|delete|remove|clear|end|kill|turn off|switch off|shut off|dismiss|get rid of|abort|scrap|forget|silence|disable|drop|quit|turn|switch)";
const THE = "[the|my|that|this|a|any]";
const RUNNING =
  "[do i have|have i got|have i set|are there|are] [currently] [running|set|on|active|going|left|up] [right now|now]";

/** Lists, checks and cancels what runs. */
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
        `${CANCEL} (all|every|each|both) [of] ${THE} (${kind}|${plural}) (but|except|except for|besides|apart from|other than) ${THE} {label} [${kind}|1]`,
        `${CANCEL} (all|every ${kind}|everything) (but|except|except for|besides|apart from|other than) ${THE} {label} ${kind}`,
      ],
      answer: ({ label }, situation) => {
        const kept = findTimers(kind, { label }, situation);
        if (kept.length === 0) return { say: sayNone(kind, situation) };
        const others = situation.timers.timers.filter((timer) => timer.kind === kind && !kept.includes(timer));
        return cancelAll(others, situation);
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
      patterns: ["what (did|have) (you|i|we) [just] set [for me]", "what is [currently] set"],
      answer: (_, situation) => listAll(situation.timers.timers, "timers", situation),
    },
    {
      patterns: [
        `${CANCEL} [all] ${THE} (timers and|alarms and|reminders and) [my|the] (timers|alarms|reminders)`,
        "(cancel|delete|clear|remove) (everything|all of them|them all|all)",
      ],
      answer: (_, situation) => cancelAll(situation.timers.timers, situation),
    },
    {
      patterns: [`${CANCEL} [both] ${THE} timer and ${THE} alarm`, `${CANCEL} [both] ${THE} alarm and ${THE} timer`],
      answer: (_, situation) => {
        const alarms = findTimers("alarm", {}, situation);
        const cancelBoth: Act = (timers) => cancelAll([...timers, ...alarms], situation);
        return actOnOne("timer", findTimers("timer", {}, situation), cancelBoth, situation);
      },
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
  const found = called.length > 0 ? called : dueOnDay(findTimers(kind, {}, situation), slots["label"] ?? "", situation);
  return actOnOne(kind, found, cancelAll, situation);
}

/** Undefined when the text is neither a place nor a time of day. */
function cancelAt(kind: Timer["kind"], text: string, situation: Situation): SkillAnswer | undefined {
  if (isPlace(text)) return cancelOne(kind, { label: text }, situation);
  const found = dueAtTime(findTimers(kind, {}, situation), text, situation);
  return found && actOnOne(kind, found, cancelAll, situation);
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

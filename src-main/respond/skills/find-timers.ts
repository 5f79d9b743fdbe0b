import { nameTimer, type Timer } from "../timer-store.ts";
import { MOST_DISTANT_ALIKE, soundDistance } from "./near-misses.ts";
import { parseDuration } from "./parse-duration.ts";
import { parseDayPart, parseMoment } from "./parse-moment.ts";
import { sayDuration, sayLength, sayList, sayMoment, sayTimeOfDay, startOfDay } from "./say.ts";
import type { Intent, Situation, SkillAnswer, Slots } from "./skill.ts";

/** What is done with the timers that were meant. */
export type Act = (timers: readonly Timer[], situation: Situation) => SkillAnswer;

/** Places among timers, the soonest first. */
const PLACES = new Map([
  ["next", 0],
  ["first", 0],
  ["soonest", 0],
  ["earliest", 0],
  ["second", 1],
  ["third", 2],
  ["fourth", 3],
  ["last", -1],
  ["latest", -1],
]);
/** What is left of a timer is told to the minute. */
const LEFT_TOLERANCE_MS = 60_000;

/** The timers that a label or length means; all of the kind without either. A label may have been heard a little differently each time. */
export function findTimers(
  kind: Timer["kind"] | undefined,
  { label, duration }: Slots,
  { timers }: Situation,
): readonly Timer[] {
  const ofKind = timers.timers.filter((timer) => !kind || timer.kind === kind);
  if (duration) return ofKind.filter((timer) => timer.lengthMs === parseDuration(duration));
  if (!label) return ofKind;
  const exact = ofKind.filter((timer) => timer.label === label);
  if (exact.length > 0) return exact;
  if (isPlace(label)) return atPlace(ofKind, label);
  return ofKind.filter((timer) => timer.label !== "" && soundDistance(timer.label, label) <= MOST_DISTANT_ALIKE);
}

/** Those that are due on the day that a label means: "tomorrow", "mondays". */
export function dueOnDay(timers: readonly Timer[], label: string, { nowMs }: Situation): readonly Timer[] {
  const now = new Date(nowMs);
  const day = parseDayPart(label, now) ?? parseDayPart(label.replace(/s$/, ""), now);
  return timers.filter((timer) => day?.getTime() === startOfDay(new Date(timer.dueAtMs)).getTime());
}

/** Those that are due at the time of day that a text means, on whatever day. Undefined when it is not a time of day. */
export function dueAtTime(timers: readonly Timer[], text: string, { nowMs }: Situation): readonly Timer[] | undefined {
  const now = new Date(nowMs);
  const meant = (["morning", "soonest"] as const)
    .flatMap((reading) => parseMoment(text, now, reading) ?? [])
    .map((moment) => sayTimeOfDay(moment));
  if (meant.length === 0) return undefined;
  return timers.filter((timer) => meant.includes(sayTimeOfDay(new Date(timer.dueAtMs))));
}

/** Does it with the one that was found; asks which one when there are several, and says what there is when there is none. */
export function actOnOne(kind: Timer["kind"], found: readonly Timer[], act: Act, situation: Situation): SkillAnswer {
  if (found.length === 0) return { say: sayNone(kind, situation) };
  return found.length > 1 ? askWhich(found, act, situation) : act(found, situation);
}

/** How long a timer still runs, or when an alarm or reminder is due. */
export function sayLeft(timer: Timer, nowMs: number): string {
  if (timer.kind !== "timer")
    return `Your ${nameTimer(timer)} is set for ${sayMoment(new Date(timer.dueAtMs), new Date(nowMs))}.`;
  return `Your ${nameTimer(timer)} has ${sayDuration(Math.max(1000, timer.dueAtMs - nowMs))} left.`;
}

/** That there is no such thing, and what there is of its kind. */
export function sayNone(kind: Timer["kind"], { timers, nowMs }: Situation): string {
  const others = timers.timers.filter((timer) => timer.kind === kind);
  if (others.length === 0) return `There is no ${kind} running.`;
  return [`There is no such ${kind}.`, ...others.map((timer) => sayLeft(timer, nowMs))].join(" ");
}

function askWhich(timers: readonly Timer[], act: Act, { nowMs }: Situation): SkillAnswer {
  const names = timers.map((timer) => `the ${tellApart(timer, timers, nowMs)}`);
  const none: Intent = {
    patterns: ["(no|none|neither|nothing|never mind|forget it|leave it|leave them) [of them|1|thank you|thanks]"],
    answer: () => ({ say: "Okay." }),
  };
  const all: Intent = {
    patterns: ["[cancel|stop] (all|both|all of them|both of them|everything|them all)"],
    answer: (_, situation) => act(timers, situation),
  };
  const withLeft: Intent = {
    patterns: ["[the|my] [1|timer] (with|that has) {duration} [left]"],
    answer: ({ duration = "" }, situation) => {
      const leftMs = parseDuration(duration);
      const isMeant = ({ dueAtMs }: Timer) => Math.abs(dueAtMs - situation.nowMs - leftMs) < LEFT_TOLERANCE_MS;
      return actOnChosen(timers.filter(isMeant), act, situation);
    },
  };
  const one: Intent = {
    patterns: [
      "[cancel|stop|no] [the|my] [1 (at|for|on|called|in)|timer (for|called)|(alarm|reminder) (at|for|on)] {text} [1|timer|alarm|reminder]",
    ],
    answer: ({ text = "" }, situation) => {
      const readings = [
        timers.filter((timer) => isCalled(timer, text)),
        atPlace(timers, text),
        dueAtTime(timers, text, situation) ?? [],
        dueOnDay(timers, text, situation),
      ];
      return actOnChosen(readings.find((found) => found.length > 0) ?? [], act, situation);
    },
  };
  return { say: `Which one, ${sayList(names, "or")}?`, followUps: [none, all, withLeft, one] };
}

function actOnChosen(chosen: readonly Timer[], act: Act, situation: Situation): SkillAnswer | undefined {
  const [first] = chosen;
  return first && actOnOne(first.kind, chosen, act, situation);
}

/** Its name, and when it is due where another has the same name. */
function tellApart(timer: Timer, timers: readonly Timer[], nowMs: number): string {
  const name = nameTimer(timer);
  if (timers.every((other) => other === timer || nameTimer(other) !== name)) return name;
  if (timer.kind === "timer") return `${name} with ${sayDuration(Math.max(1000, timer.dueAtMs - nowMs))} left`;
  return `${name} for ${sayMoment(new Date(timer.dueAtMs), new Date(nowMs))}`;
}

/** Whether a text means a place among timers: "first", "last". */
export function isPlace(text: string): boolean {
  return PLACES.has(text);
}

function atPlace(timers: readonly Timer[], text: string): readonly Timer[] {
  const place = PLACES.get(text);
  const timer = place === undefined ? undefined : timers.at(place);
  return timer ? [timer] : [];
}

function isCalled(timer: Timer, text: string): boolean {
  const plain = text.replace(/s\b/g, "");
  const called = timer.label === "" ? sayLength(timer.lengthMs) : timer.label;
  return plain === called || soundDistance(called, text) <= MOST_DISTANT_ALIKE / 2;
}

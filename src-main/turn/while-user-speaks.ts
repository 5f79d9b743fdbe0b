import { failure } from "../../src-shared/failure.ts";
import type { Command, Fact } from "./facts.ts";
import { endOfUnderstood, endSilenceMs, learntHabitMs, longestSilenceMs } from "./patience.ts";
import {
  answerTyped,
  forget,
  hear,
  isCurrent,
  listen,
  reply,
  revised,
  stay,
  to,
  type Deciding,
  type Hearing,
  type Phase,
  type Step,
  type TurnState,
  type Utterance,
} from "./turn-state.ts";
import { TURN_TUNING } from "./turn-tuning.ts";
import { judgeInterruption, mayBeStop } from "./words/judge-interruption.ts";
import { isStopOnly } from "./words/stop-phrases.ts";
import { stripWakePhrase } from "./words/wake-phrase.ts";

/** Nobody has the floor. */
export function whileListening(
  state: TurnState,
  phase: Phase & { readonly name: "listening" },
  fact: Fact,
  nowMs: number,
): Step {
  switch (fact.kind) {
    case "speech-started":
    case "speech-resumed": {
      const { mode } = state.conduct;
      if (mode === "push-to-talk") return stay(state);
      const { attentiveUntilMs } = phase;
      const addressed = mode === "hands-free" || fact.atMs < (attentiveUntilMs ?? Number.NEGATIVE_INFINITY);
      const attention = attentiveUntilMs === undefined ? {} : { attentiveUntilMs };
      return hear(state, { startedAtMs: fact.atMs, overReply: false, addressed, byKey: false, ...attention });
    }
    case "talk-key":
      return fact.pressed ? hearByKey(state, nowMs) : stay(state);
    case "deadline-reached":
      return nowMs < (phase.attentiveUntilMs ?? Number.POSITIVE_INFINITY) ? stay(state) : listen(state, [], nowMs);
    case "text-entered":
      return answerTyped(state, fact.text, [], nowMs);
    default:
      return stay(state);
  }
}

/** The user speaks. */
export function whileHearing(state: TurnState, phase: Hearing, fact: Fact, nowMs: number): Step {
  switch (fact.kind) {
    case "speech-paused":
      if (phase.byKey) return to(state, { ...phase, pausedAtMs: fact.speechEndedAtMs });
      return decideAfter(state, phase, fact.speechEndedAtMs, false, nowMs);
    case "speech-resumed":
      return phase.byKey ? to(state, withoutPause(phase)) : stay(state);
    case "talk-key":
      if (!fact.pressed) return phase.byKey ? endByKey(state, phase, nowMs) : stay(state);
      if (phase.addressed) return to(state, { ...phase, byKey: true });
      return hearByKey(state, nowMs, [{ kind: "forget", key: phase.key }, { kind: "close-utterance" }]);
    case "done-requested":
      return endByKey(state, phase, nowMs);
    case "microphone-lost":
      if (phase.byKey || fact.atMs <= phase.startedAtMs) return stay(state);
      return decideAfter(state, phase, fact.atMs, true, nowMs);
    case "deadline-reached":
      return nowMs < (announceDeadlineMs(state, phase) ?? Number.POSITIVE_INFINITY)
        ? stay(state)
        : forget(state, phase.key, nowMs);
    default:
      return whileUserHasTheFloor(state, phase, fact, nowMs);
  }
}

/** When talk that may not be meant for the assistant has held announcements back for long enough. Session clock, ms. */
export function announceDeadlineMs(
  { announcements }: TurnState,
  { addressed, startedAtMs }: Hearing,
): number | undefined {
  return addressed || announcements.length === 0 ? undefined : startedAtMs + TURN_TUNING.unheededTalkMs;
}

/** The user paused. */
export function whileDeciding(state: TurnState, phase: Deciding, fact: Fact, nowMs: number): Step {
  const { key } = phase;
  switch (fact.kind) {
    case "speech-resumed":
      if (phase.byKey) return stay(state);
      return goOnAfter(fact.atMs - phase.speechEndedAtMs, state, phase);
    case "talk-key":
      return fact.pressed ? goOnHearing(state, phase, { byKey: true, addressed: true }) : stay(state);
    case "transcript-ready":
      return isCurrent(key, fact.key) && !phase.heard ? understand(state, phase, fact, nowMs) : stay(state);
    case "reply-begun":
      return isCurrent(key, fact.key) && fact.isUnderstood ? expectEnd(state, phase) : stay(state);
    case "done-requested":
    case "microphone-lost":
      return phase.heard ? decide(state, phase, [], nowMs) : to(state, { ...phase, silenceIsOver: true });
    case "transcript-failed":
      return isCurrent(key, fact.key) ? forget(state, key, nowMs, { failure: fact.failure }) : stay(state);
    case "deadline-reached":
      if (nowMs < decidingDeadlineMs(state, phase)) return stay(state);
      if (phase.heard) return decide(state, phase, [], nowMs);
      if (!phase.silenceIsOver) return to(state, { ...phase, silenceIsOver: true });
      return forget(state, key, nowMs, {
        failure: failure("transcribe-failed", "transcribe", "no transcript in time", true),
      });
    default:
      return whileUserHasTheFloor(state, phase, fact, nowMs);
  }
}

/** When the pause is long enough, or waiting for the transcript has been. Session clock, ms. */
export function decidingDeadlineMs({ conduct, habitMs }: TurnState, phase: Deciding): number {
  const { patience } = conduct;
  const { heard, silenceIsOver, askedAtMs, speechEndedAtMs } = phase;
  if (silenceIsOver) return askedAtMs + TURN_TUNING.transcriptTimeoutMs;
  return speechEndedAtMs + (heard ? endSilenceMs(heard.endProbability, patience, habitMs) : longestSilenceMs(patience));
}

/** The user holds the talk key: a new turn, without its first syllable being lost. */
export function hearByKey(state: TurnState, nowMs: number, commands: readonly Command[] = []): Step {
  const utterance = { startedAtMs: nowMs, overReply: false, addressed: true, byKey: true };
  return hear({ ...state, paused: false }, utterance, commands);
}

/** What hearing and deciding have in common: the turn is the user's and not yet decided. */
function whileUserHasTheFloor(state: TurnState, { key }: Utterance, fact: Fact, nowMs: number): Step {
  switch (fact.kind) {
    case "text-entered":
      return answerTyped(state, fact.text, [{ kind: "forget", key }, { kind: "close-utterance" }], nowMs);
    case "stop-requested":
    case "microphone-silenced":
      return forget(state, key, nowMs);
    default:
      return stay(state);
  }
}

function endByKey(state: TurnState, phase: Hearing, nowMs: number): Step {
  return decideAfter(state, { ...phase, byKey: true }, phase.pausedAtMs ?? nowMs, true, nowMs);
}

function decideAfter(
  state: TurnState,
  phase: Hearing,
  speechEndedAtMs: number,
  silenceIsOver: boolean,
  nowMs: number,
): Step {
  const { key } = phase;
  const deciding: Deciding = {
    ...withoutPause(phase),
    name: "deciding",
    speechEndedAtMs,
    askedAtMs: nowMs,
    silenceIsOver,
    heard: undefined,
  };
  return to(state, deciding, [{ kind: "transcribe", key, speechEndedAtMs }]);
}

function goOnHearing(
  state: TurnState,
  { startedAtMs, overReply, addressed, byKey, hasPaused = false, attentiveUntilMs, key }: Utterance,
  change: { readonly byKey?: boolean; readonly addressed?: boolean; readonly hasPaused?: boolean },
): Step {
  const hearing: Hearing = {
    name: "hearing",
    startedAtMs,
    overReply,
    addressed,
    byKey,
    ...(hasPaused && { hasPaused }),
    ...(attentiveUntilMs !== undefined && { attentiveUntilMs }),
    ...change,
    key: revised(key),
  };
  return to(state, hearing, [{ kind: "revise", key: hearing.key }]);
}

/** The transcript is there: what is meant by it decides how much silence to wait for, and the reply is made in advance. */
function understand(
  state: TurnState,
  phase: Deciding,
  fact: Fact & { readonly kind: "transcript-ready" },
  nowMs: number,
): Step {
  const { key } = phase;
  const { conduct } = state;
  const called = conduct.mode === "wake-phrase" ? stripWakePhrase(fact.text, conduct.wakePhrase) : undefined;
  const rest = called ?? (phase.addressed ? fact.text : undefined);
  const text = rest === undefined || isNotForUs(phase, rest, fact.spokenText) ? "" : rest;
  const hasOnlyStopped = phase.stopped === true && text === "";
  const heard = {
    text,
    called: called !== undefined,
    endProbability: hasOnlyStopped ? 1 : fact.endProbability,
  };
  const understood: Deciding = { ...phase, addressed: phase.addressed || rest !== undefined, heard };
  const commands: Command[] = text === "" ? [] : [{ kind: "respond", key, text }];
  const isOver = phase.silenceIsOver || nowMs >= decidingDeadlineMs(state, understood);
  return isOver ? decide(state, understood, commands, nowMs) : to(state, understood, commands);
}

/** The assistant knows what is wanted: hardly anything will follow. */
function expectEnd(state: TurnState, phase: Deciding): Step {
  if (!phase.heard?.text) return stay(state);
  const heard = { ...phase.heard, endProbability: endOfUnderstood(phase.heard.endProbability) };
  return to(state, { ...phase, heard });
}

/** The assistant's own words, or speech over its reply that only stopped it or encouraged it. */
function isNotForUs(phase: Deciding, text: string, spokenText: string): boolean {
  if (spokenText === "" && !phase.overReply) return false;
  const speechMs = phase.speechEndedAtMs - phase.startedAtMs;
  if (phase.stopped && mayBeStop(text, speechMs)) return true;
  const verdict = judgeInterruption({ text, speechMs, isOver: true, spokenText });
  if (verdict === "echo") return true;
  return phase.overReply && (isStopOnly(text) || verdict === "backchannel" || verdict === "nothing");
}

/** The turn is over. The wake phrase alone is a request to listen. */
function decide(state: TurnState, phase: Deciding, commands: readonly Command[], nowMs: number): Step {
  const { key, heard, byKey, attentiveUntilMs } = phase;
  if (heard?.text) {
    const reopensAtMs = byKey ? undefined : phase.startedAtMs;
    const isInOneGo = !byKey && !phase.hasPaused;
    const learnt = isInOneGo ? learnHabit(state, TURN_TUNING.shortestHabitMs) : state;
    return reply(learnt, key, nowMs, reopensAtMs, [...commands, { kind: "release", key }, { kind: "close-utterance" }]);
  }
  if (heard?.called) return forget(state, key, nowMs, { attentiveUntilMs: nowMs + TURN_TUNING.calledFollowUpMs });
  return forget(state, key, nowMs, attentiveUntilMs === undefined ? {} : { attentiveUntilMs });
}

function goOnAfter(pauseMs: number, state: TurnState, phase: Deciding): Step {
  const tells = pauseMs >= TURN_TUNING.shortestHabitMs;
  const learnt = phase.addressed ? learnHabit(state, pauseMs) : state;
  return goOnHearing(learnt, phase, tells ? { hasPaused: true } : {});
}

/** Remembers how long the user pauses inside a turn. */
function learnHabit(state: TurnState, pauseMs: number): TurnState {
  return { ...state, habitMs: learntHabitMs(state.habitMs, pauseMs) };
}

function withoutPause({ pausedAtMs: _, ...hearing }: Hearing): Hearing {
  return hearing;
}

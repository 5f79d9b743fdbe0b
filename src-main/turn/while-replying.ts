import type { Command, Fact, ReplyLevel, WordsOverReply } from "./facts.ts";
import { LONG_HABIT_MS } from "./patience.ts";
import {
  answerTyped,
  hear,
  isCurrent,
  listen,
  revised,
  stay,
  to,
  type Interruption,
  type Replying,
  type Step,
  type TurnState,
  type Utterance,
} from "./turn-state.ts";
import { TURN_TUNING } from "./turn-tuning.ts";
import { hearByKey, whileHearing } from "./while-user-speaks.ts";
import { isRepeated } from "./words/is-echo.ts";
import { judgeInterruption, type InterruptionJudgement } from "./words/judge-interruption.ts";
import { stripWakePhrase } from "./words/wake-phrase.ts";

type HeardAs = Pick<Utterance, "addressed" | "stopped" | "attentiveUntilMs">;

const NORMAL: Command = { kind: "reply-level", level: "normal" };
const CLOSE: Command = { kind: "close-utterance" };

/**
 * The turn is decided and the reply is on its way or heard. Speech over it ducks it at once and holds it soon; words decide whether it is
 * cut or goes on from the same sample.
 */
export function whileReplying(state: TurnState, phase: Replying, fact: Fact, nowMs: number): Step {
  const { key, interruption } = phase;
  switch (fact.kind) {
    case "reply-begun":
      return isCurrent(key, fact.key) ? to(state, { ...phase, isUnderWay: true }) : stay(state);
    case "reply-acted":
      return isCurrent(key, fact.key) ? to(state, { ...phase, reopensAtMs: undefined }) : stay(state);
    case "audio-started":
      return isCurrent(key, fact.key)
        ? to(state, { ...phase, name: "speaking", isUnderWay: true, audibleAtMs: nowMs })
        : stay(state);
    case "reply-finished":
      return isCurrent(key, fact.key) ? finish(state, phase, fact.asksBack, nowMs) : stay(state);
    case "speech-started":
    case "speech-resumed":
      return interruption ? goOnOver(state, phase, interruption) : speakOver(state, phase, fact.atMs);
    case "speech-paused":
      if (!interruption) return stay(state);
      return to(state, { ...phase, interruption: { ...interruption, speechEndedAtMs: fact.speechEndedAtMs } }, [
        { kind: "attend-pause", key, speechEndedAtMs: fact.speechEndedAtMs },
      ]);
    case "words-over-reply":
      return interruption && isCurrent(key, fact.key) ? judge(state, phase, interruption, fact, nowMs) : stay(state);
    case "deadline-reached":
      return onDeadline(state, phase, nowMs);
    case "text-entered":
      return answerTyped(state, fact.text, [{ kind: "cut", key }, NORMAL, CLOSE], nowMs);
    case "stop-requested":
      return listen(state, [{ kind: "cut", key }, NORMAL, CLOSE], nowMs);
    case "talk-key":
      return fact.pressed ? hearByKey(state, nowMs, [{ kind: "cut", key }, NORMAL, CLOSE]) : stay(state);
    case "microphone-silenced":
    case "microphone-lost":
      return interruption ? dismiss(state, phase) : stay(state);
    default:
      return stay(state);
  }
}

/** When the reply is held, or goes on because nothing became of what was over it. */
export function interruptionDeadlineMs(interruption: Interruption): number | undefined {
  const { startedAtMs, level, isIgnored } = interruption;
  if (isIgnored || level === "normal") return undefined;
  return startedAtMs + (isHeldNext(interruption) ? TURN_TUNING.holdAfterMs : TURN_TUNING.interruptionTimeoutMs);
}

/** What was over at once holds nothing: a click, or what is left of the echo. */
function isHeldNext({ startedAtMs, level, speechEndedAtMs = Number.POSITIVE_INFINITY }: Interruption): boolean {
  return level === "ducked" && speechEndedAtMs - startedAtMs >= TURN_TUNING.briefNoiseMs;
}

/** When a reply that has not begun is announced by a word: once a turn, and not while the user speaks over it. Session clock, ms. */
export function acknowledgeDeadlineMs(state: TurnState, phase: Replying): number | undefined {
  const isWaitedFor = phase.name === "responding" && !phase.isUnderWay && !phase.interruption;
  if (!isWaitedFor || !state.conduct.acknowledges || state.acknowledgedTurnId === phase.key.turnId) return undefined;
  return phase.decidedAtMs + TURN_TUNING.acknowledgeMs;
}

/** In hands-free talk the reply makes room at once; else only words can show that it is meant. */
function speakOver(state: TurnState, phase: Replying, startedAtMs: number): Step {
  if (phase.reopensAtMs !== undefined && isSameBreath(phase, startedAtMs)) return reopen(state, phase);
  const makesRoom = makesRoomFor(state, phase, startedAtMs);
  const level: ReplyLevel = makesRoom ? "ducked" : "normal";
  const interruption: Interruption = { startedAtMs, level, speechEndedAtMs: undefined, isIgnored: false };
  const duck: Command[] = makesRoom ? [{ kind: "reply-level", level }] : [];
  return to(state, { ...phase, interruption }, [...duck, { kind: "attend", key: phase.key, atMs: startedAtMs }]);
}

/** Whether the user may take the floor by speech that began then. In half duplex that is so until the assistant is heard. */
function makesRoomFor({ conduct, acknowledgedTurnId }: TurnState, phase: Replying, startedAtMs: number): boolean {
  if (conduct.mode !== "hands-free") return false;
  const { key, audibleAtMs = Number.POSITIVE_INFINITY } = phase;
  const isHeard = acknowledgedTurnId === key.turnId || startedAtMs > audibleAtMs - TURN_TUNING.echoLeadMs;
  return conduct.duplex !== "half" || !isHeard;
}

/** Too soon to be about the reply, and before any echo of it: the pause was none, whatever the sound is. */
function isSameBreath({ decidedAtMs, audibleAtMs }: Replying, startedAtMs: number): boolean {
  return startedAtMs < Math.min(audibleAtMs ?? Number.POSITIVE_INFINITY, decidedAtMs + TURN_TUNING.sameBreathMs);
}

function goOnOver(state: TurnState, phase: Replying, interruption: Interruption): Step {
  if (interruption.speechEndedAtMs === undefined) return stay(state);
  const { key } = phase;
  const goingOn: Interruption = { ...interruption, speechEndedAtMs: undefined };
  return to(state, { ...phase, interruption: goingOn }, [{ kind: "attend", key, atMs: interruption.startedAtMs }]);
}

function judge(state: TurnState, phase: Replying, over: Interruption, words: WordsOverReply, nowMs: number): Step {
  const { mode, duplex, wakePhrase } = state.conduct;
  const heard = { addressed: mode === "hands-free" };
  const verdict = judgeSoon(words, over.speechEndedAtMs !== undefined);
  const stops = verdict === "stop" && (duplex === "full" || !isRepeated(words.text, words.spokenText));
  if (makesRoomFor(state, phase, over.startedAtMs)) {
    if (stops) return giveWay(state, { ...phase, reopensAtMs: undefined }, over, { ...heard, stopped: true }, nowMs);
    if (verdict === "interruption") return giveWay(state, phase, over, heard, nowMs);
  } else {
    if (mode === "wake-phrase" && stripWakePhrase(words.text, wakePhrase) !== undefined)
      return giveWay(state, { ...phase, reopensAtMs: undefined }, over, heard, nowMs);
    if (stops) return listen(state, [{ kind: "cut", key: phase.key }, NORMAL, CLOSE], nowMs);
  }
  const isDone = words.isOver || verdict === "backchannel";
  if (isDone && over.speechEndedAtMs !== undefined) return dismiss(state, phase);
  if (verdict !== "echo" || over.level === "normal") return stay(state);
  return ignore(state, phase, over);
}

/** In a pause, agreement and stop phrases are over as soon as they are understood: what follows is heard anew, with its beginning. */
function judgeSoon(words: WordsOverReply, isPaused: boolean): InterruptionJudgement {
  const verdict = judgeInterruption(words);
  if (verdict !== "unsure" || !isPaused) return verdict;
  const ifOver = judgeInterruption({ ...words, isOver: true });
  return ifOver === "stop" || ifOver === "backchannel" ? ifOver : verdict;
}

/** The user takes the floor, with what was said since the speech began. Who was cut off by the reply goes on with the same turn. */
function giveWay(state: TurnState, phase: Replying, over: Interruption, as: HeardAs, nowMs: number): Step {
  const cut: Command = { kind: "cut", key: phase.key };
  const wasCutOff = over.startedAtMs < (phase.audibleAtMs ?? nowMs) + TURN_TUNING.cutOffMs;
  const reopens = phase.reopensAtMs !== undefined && wasCutOff;
  const heard = reopens ? reopen(state, phase) : hearOver(state, over, as, cut);
  return catchUp(heard, over, nowMs);
}

/** The pause of an utterance that was recognized as one only after it. */
function catchUp(heard: Step, over: Interruption, nowMs: number): Step {
  if (over.speechEndedAtMs === undefined || heard.state.phase.name !== "hearing") return heard;
  const pause: Fact = { kind: "speech-paused", speechEndedAtMs: over.speechEndedAtMs };
  const paused = whileHearing(heard.state, heard.state.phase, pause, nowMs);
  return { state: paused.state, commands: [...heard.commands, ...paused.commands] };
}

function hearOver(state: TurnState, over: Interruption, as: HeardAs, end: Command): Step {
  const utterance = { ...as, startedAtMs: over.startedAtMs, overReply: true, byKey: false };
  return hear(state, utterance, [end, NORMAL]);
}

/** Who was cut off is waited for in full again. */
function reopen(state: TurnState, { key, reopensAtMs: atMs = 0 }: Replying): Step {
  const open = revised(key);
  const slower = { ...state, habitMs: Math.max(LONG_HABIT_MS, state.habitMs) };
  const utterance = { startedAtMs: atMs, overReply: false, addressed: true, byKey: false, hasPaused: true };
  return to(slower, { ...utterance, name: "hearing", key: open }, [NORMAL, { kind: "reopen", key: open, atMs }]);
}

/** It was nothing: the reply goes on. */
function dismiss(state: TurnState, phase: Replying): Step {
  return to(state, { ...phase, interruption: undefined }, [NORMAL, CLOSE]);
}

/** It is an echo, or goes on without words: the reply goes on meanwhile. */
function ignore(state: TurnState, phase: Replying, over: Interruption): Step {
  return to(state, { ...phase, interruption: { ...over, level: "normal", isIgnored: true } }, [NORMAL]);
}

function onDeadline(state: TurnState, phase: Replying, nowMs: number): Step {
  const { interruption, key } = phase;
  const atMs = interruption && interruptionDeadlineMs(interruption);
  if (interruption && atMs !== undefined && nowMs >= atMs) {
    if (isHeldNext(interruption))
      return to(state, { ...phase, interruption: { ...interruption, level: "held" } }, [
        { kind: "reply-level", level: "held" },
      ]);
    return ignore(state, phase, interruption);
  }
  if (nowMs < (acknowledgeDeadlineMs(state, phase) ?? Number.POSITIVE_INFINITY)) return stay(state);
  return stay({ ...state, acknowledgedTurnId: key.turnId }, [{ kind: "acknowledge", key }]);
}

/** The reply is over. Speech that had begun over it is the next turn. */
function finish(state: TurnState, phase: Replying, asksBack: boolean, nowMs: number): Step {
  const { key, interruption } = phase;
  const { mode } = state.conduct;
  const done: Command = { kind: "complete", key };
  const followUpMs = asksBack ? TURN_TUNING.questionFollowUpMs : TURN_TUNING.followUpMs;
  const attention = mode === "wake-phrase" ? { attentiveUntilMs: nowMs + followUpMs } : {};
  if (interruption && !interruption.isIgnored && mode !== "push-to-talk" && state.conduct.duplex !== "half") {
    const addressed = mode === "hands-free" || interruption.startedAtMs > nowMs - TURN_TUNING.earlyAnswerMs;
    return catchUp(hearOver(state, interruption, { addressed, ...attention }, done), interruption, nowMs);
  }
  const settled: Command[] = interruption || state.paused ? [done, NORMAL, CLOSE] : [done];
  return listen(state, settled, nowMs, attention.attentiveUntilMs);
}

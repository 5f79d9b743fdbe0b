import { assertNever } from "../../src-shared/assert-never.ts";
import { failure, type Failure } from "../../src-shared/failure.ts";
import type { Command, Fact } from "./facts.ts";
import type { TurnKey } from "./ports.ts";
import { TURN_TUNING } from "./turn-tuning.ts";

/** A user's speech over a reply that is not yet known to be an interruption. */
interface Interruption {
  readonly startedAtMs: number;
}

/** Where the conversation stands. Every state but the first two has a turn. */
export type Phase =
  | { readonly name: "closed" }
  | { readonly name: "listening" }
  /** The user is speaking. */
  | { readonly name: "hearing"; readonly key: TurnKey }
  /** The user paused: the reply is made in advance while the pause grows. `transcript` is undefined until it is there. */
  | {
      readonly name: "deciding";
      readonly key: TurnKey;
      readonly speechEndedAtMs: number;
      readonly silenceIsOver: boolean;
      readonly transcript: string | undefined;
    }
  /** The turn is decided, nothing of the reply is audible yet. */
  | { readonly name: "responding"; readonly key: TurnKey; readonly interruption?: Interruption }
  | { readonly name: "speaking"; readonly key: TurnKey; readonly interruption?: Interruption };

/** The whole state of turn-taking. */
export interface TurnState {
  readonly phase: Phase;
  readonly lastTurnId: number;
  /** Announcements that wait until nobody speaks, oldest first. */
  readonly announcements: readonly string[];
}

/** A state and what to do on the way into it. */
export interface Step {
  readonly state: TurnState;
  readonly commands: readonly Command[];
}

/** The state before the session is opened. */
export const CLOSED: TurnState = { phase: { name: "closed" }, lastTurnId: 0, announcements: [] };

/**
 * The turn machine: pure and total. Every fact is allowed in every state; one that does not matter there, or whose key is stale, changes
 * nothing. Laws: docs/introduction.md.
 */
export function step(state: TurnState, fact: Fact): Step {
  const { phase } = state;
  if (fact.kind === "closed") return close(state);
  switch (phase.name) {
    case "closed":
      return whileClosed(state, fact);
    case "listening":
      return whileListening(state, fact);
    case "hearing":
      return whileHearing(state, phase, fact);
    case "deciding":
      return whileDeciding(state, phase, fact);
    case "responding":
    case "speaking":
      return whileReplying(state, phase, fact);
    default:
      return assertNever(phase);
  }
}

/** The one instant at which the machine wants a `deadline-reached` fact, or undefined. Session clock, ms. */
export function deadlineOf(state: TurnState): number | undefined {
  const { phase } = state;
  switch (phase.name) {
    case "deciding":
      return phase.speechEndedAtMs + (phase.silenceIsOver ? TURN_TUNING.transcriptTimeoutMs : TURN_TUNING.endSilenceMs);
    case "responding":
    case "speaking":
      return phase.interruption && phase.interruption.startedAtMs + TURN_TUNING.interruptionMs + TURN_TUNING.pauseMs;
    default:
      return undefined;
  }
}

function whileClosed(state: TurnState, fact: Fact): Step {
  switch (fact.kind) {
    case "opened":
      return listen(state, []);
    case "announcement-due":
      return stay({ ...state, announcements: [...state.announcements, fact.text] });
    default:
      return stay(state);
  }
}

function whileListening(state: TurnState, fact: Fact): Step {
  switch (fact.kind) {
    case "speech-started":
      return hear(state, fact.atMs, []);
    case "text-entered":
      return answerTyped(state, fact.text, []);
    case "announcement-due":
      return listen({ ...state, announcements: [...state.announcements, fact.text] }, []);
    default:
      return stay(state);
  }
}

function whileHearing(state: TurnState, phase: Phase & { name: "hearing" }, fact: Fact): Step {
  const { key } = phase;
  switch (fact.kind) {
    case "speech-paused": {
      const { speechEndedAtMs } = fact;
      const deciding: Phase = {
        name: "deciding",
        key,
        speechEndedAtMs,
        silenceIsOver: false,
        transcript: undefined,
      };
      return to(state, deciding, [{ kind: "transcribe", key, speechEndedAtMs }]);
    }
    case "microphone-lost": {
      const deciding: Phase = {
        name: "deciding",
        key,
        speechEndedAtMs: fact.atMs,
        silenceIsOver: true,
        transcript: undefined,
      };
      return to(state, deciding, [{ kind: "transcribe", key, speechEndedAtMs: fact.atMs }]);
    }
    default:
      return whileUserHasTheFloor(state, key, fact);
  }
}

function whileDeciding(state: TurnState, phase: Phase & { name: "deciding" }, fact: Fact): Step {
  const { key } = phase;
  switch (fact.kind) {
    case "speech-resumed": {
      const revised = { turnId: key.turnId, revision: key.revision + 1 };
      return to(state, { name: "hearing", key: revised }, [{ kind: "revise", key: revised }]);
    }
    case "transcript-ready": {
      if (!isCurrent(key, fact.key) || phase.transcript !== undefined) return stay(state);
      const respond: Command[] = fact.text === "" ? [] : [{ kind: "respond", key, text: fact.text }];
      const heard = { ...phase, transcript: fact.text };
      return phase.silenceIsOver ? decide(state, key, fact.text, respond) : to(state, heard, respond);
    }
    case "microphone-lost":
      if (phase.transcript !== undefined) return decide(state, key, phase.transcript, []);
      return to(state, { ...phase, silenceIsOver: true }, []);
    case "transcript-failed":
      return isCurrent(key, fact.key) ? forget(state, key, fact.failure) : stay(state);
    case "deadline-reached":
      if (fact.atMs < (deadlineOf(state) ?? Number.POSITIVE_INFINITY)) return stay(state);
      if (phase.transcript !== undefined) return decide(state, key, phase.transcript, []);
      if (!phase.silenceIsOver) return to(state, { ...phase, silenceIsOver: true }, []);
      return forget(state, key, failure("transcribe-failed", "transcribe", "no transcript in time", true));
    default:
      return whileUserHasTheFloor(state, key, fact);
  }
}

/** What hearing and deciding have in common: the turn is the user's and not yet decided. */
function whileUserHasTheFloor(state: TurnState, key: TurnKey, fact: Fact): Step {
  switch (fact.kind) {
    case "text-entered":
      return answerTyped(state, fact.text, [{ kind: "forget", key }, { kind: "close-utterance" }]);
    case "stop-requested":
    case "microphone-silenced":
      return listen(state, [{ kind: "forget", key }, { kind: "close-utterance" }]);
    case "announcement-due":
      return stay({ ...state, announcements: [...state.announcements, fact.text] });
    default:
      return stay(state);
  }
}

function whileReplying(state: TurnState, phase: Phase & { name: "responding" | "speaking" }, fact: Fact): Step {
  const { key, interruption } = phase;
  switch (fact.kind) {
    case "audio-started":
      return isCurrent(key, fact.key) ? to(state, { ...phase, name: "speaking" }, []) : stay(state);
    case "reply-finished":
      return isCurrent(key, fact.key) ? finishReply(state, phase) : stay(state);
    case "speech-started":
    case "speech-resumed":
      return interruption
        ? stay(state)
        : to(state, { ...phase, interruption: { startedAtMs: fact.atMs } }, [{ kind: "duck" }]);
    case "speech-paused":
      return interruption ? endInterruption(state, phase, fact.speechEndedAtMs) : stay(state);
    case "deadline-reached":
      if (!interruption || fact.atMs < (deadlineOf(state) ?? Number.POSITIVE_INFINITY)) return stay(state);
      return hear(state, interruption.startedAtMs, [{ kind: "cut", key }, { kind: "unduck" }]);
    case "text-entered":
      return answerTyped(state, fact.text, [{ kind: "cut", key }, { kind: "unduck" }, { kind: "close-utterance" }]);
    case "stop-requested":
      return listen(state, [{ kind: "cut", key }, { kind: "unduck" }, { kind: "close-utterance" }]);
    case "microphone-silenced":
    case "microphone-lost":
      return interruption
        ? to(state, { name: phase.name, key }, [{ kind: "unduck" }, { kind: "close-utterance" }])
        : stay(state);
    case "announcement-due":
      return stay({ ...state, announcements: [...state.announcements, fact.text] });
    default:
      return stay(state);
  }
}

/** The sound over the reply ended before it was certain to be an interruption: go on, unless it was long enough after all. */
function endInterruption(
  state: TurnState,
  phase: Phase & { name: "responding" | "speaking" },
  speechEndedAtMs: number,
): Step {
  const { key, interruption } = phase;
  if (interruption && speechEndedAtMs - interruption.startedAtMs >= TURN_TUNING.interruptionMs) {
    const heard = hear(state, interruption.startedAtMs, [{ kind: "cut", key }, { kind: "unduck" }]);
    const paused = step(heard.state, { kind: "speech-paused", speechEndedAtMs });
    return { state: paused.state, commands: [...heard.commands, ...paused.commands] };
  }
  return to(state, { name: phase.name, key }, [{ kind: "unduck" }, { kind: "close-utterance" }]);
}

/** The reply is over. Speech that had begun over it is the next turn. */
function finishReply(state: TurnState, phase: Phase & { name: "responding" | "speaking" }): Step {
  const { key, interruption } = phase;
  const done: Command[] = [{ kind: "complete", key }];
  return interruption ? hear(state, interruption.startedAtMs, [...done, { kind: "unduck" }]) : listen(state, done);
}

function decide(state: TurnState, key: TurnKey, transcript: string, commands: readonly Command[]): Step {
  if (transcript === "") return forget(state, key);
  return to(state, { name: "responding", key }, [...commands, { kind: "release", key }, { kind: "close-utterance" }]);
}

function forget(state: TurnState, key: TurnKey, reason?: Failure): Step {
  const command: Command = reason ? { kind: "forget", key, failure: reason } : { kind: "forget", key };
  return listen(state, [command, { kind: "close-utterance" }]);
}

function hear(state: TurnState, atMs: number, commands: readonly Command[]): Step {
  const key = newKey(state);
  const begin: Command = { kind: "begin-turn", key, origin: "spoken", atMs };
  return to({ ...state, lastTurnId: key.turnId }, { name: "hearing", key }, [...commands, begin]);
}

function answerTyped(state: TurnState, text: string, commands: readonly Command[]): Step {
  const key = newKey(state);
  return to({ ...state, lastTurnId: key.turnId }, { name: "responding", key }, [
    ...commands,
    { kind: "begin-turn", key, origin: "typed" },
    { kind: "respond", key, text },
    { kind: "release", key },
  ]);
}

/** Nobody has the floor: says the oldest waiting announcement, or listens. */
function listen(state: TurnState, commands: readonly Command[]): Step {
  const [text, ...announcements] = state.announcements;
  if (text === undefined) return to(state, { name: "listening" }, commands);
  const key = newKey(state);
  return to({ ...state, announcements, lastTurnId: key.turnId }, { name: "responding", key }, [
    ...commands,
    { kind: "begin-turn", key, origin: "announcement" },
    { kind: "announce", key, text },
    { kind: "release", key },
  ]);
}

function close(state: TurnState): Step {
  const { phase } = state;
  const commands: Command[] = [];
  if (phase.name === "hearing" || phase.name === "deciding") commands.push({ kind: "forget", key: phase.key });
  if (phase.name === "responding" || phase.name === "speaking") commands.push({ kind: "cut", key: phase.key });
  if (phase.name !== "closed") commands.push({ kind: "close-utterance" });
  return to({ ...state, announcements: [] }, { name: "closed" }, commands);
}

function newKey(state: TurnState): TurnKey {
  return { turnId: state.lastTurnId + 1, revision: 1 };
}

function isCurrent(current: TurnKey, key: TurnKey): boolean {
  return current.turnId === key.turnId && current.revision === key.revision;
}

function to(state: TurnState, phase: Phase, commands: readonly Command[]): Step {
  return { state: { ...state, phase }, commands };
}

function stay(state: TurnState): Step {
  return { state, commands: [] };
}

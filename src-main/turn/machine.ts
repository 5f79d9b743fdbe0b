import { assertNever } from "../../src-shared/assert-never.ts";
import type { Conduct } from "./conduct.ts";
import type { Command, Fact } from "./facts.ts";
import { acknowledgeDeadlineMs, interruptionDeadlineMs, whileReplying } from "./while-replying.ts";
import {
  announceDeadlineMs,
  decidingDeadlineMs,
  whileDeciding,
  whileHearing,
  whileListening,
} from "./while-user-speaks.ts";
import { CLOSED, forget, listen, stay, to, type Step, type TurnState } from "./turn-state.ts";

export { CLOSED };

/**
 * The turn machine: pure and total. Every fact is allowed in every state; one that does not matter there, or whose key is stale, changes
 * nothing. `nowMs`: when the fact was told, on the session clock. Laws: docs/introduction.md.
 */
export function step(state: TurnState, fact: Fact, nowMs: number): Step {
  switch (fact.kind) {
    case "closed":
      return close(state);
    case "conduct-changed":
      return changeConduct(state, fact.conduct, nowMs);
    case "announcement-due": {
      const queued = { ...state, announcements: [...state.announcements, fact.text] };
      return state.phase.name === "listening" ? listen(queued, [], nowMs, state.phase.attentiveUntilMs) : stay(queued);
    }
    default:
      return state.paused ? whilePaused(state, fact, nowMs) : whileGoing(state, fact, nowMs);
  }
}

/** The one instant at which the machine wants a `deadline-reached` fact, or undefined. Session clock, ms. */
export function deadlineOf(state: TurnState): number | undefined {
  const { phase } = state;
  if (state.paused) return undefined;
  switch (phase.name) {
    case "closed":
      return undefined;
    case "hearing":
      return announceDeadlineMs(state, phase);
    case "listening":
      return phase.attentiveUntilMs;
    case "deciding":
      return decidingDeadlineMs(state, phase);
    case "responding":
    case "speaking": {
      return phase.interruption ? interruptionDeadlineMs(phase.interruption) : acknowledgeDeadlineMs(state, phase);
    }
    default:
      return assertNever(phase);
  }
}

function whileGoing(state: TurnState, fact: Fact, nowMs: number): Step {
  const { phase } = state;
  if (fact.kind === "pause-changed" && fact.paused && phase.name !== "closed") return pause(state, nowMs);
  switch (phase.name) {
    case "closed":
      return fact.kind === "opened" ? listen(state, [], nowMs) : stay(state);
    case "listening":
      return whileListening(state, phase, fact, nowMs);
    case "hearing":
      return whileHearing(state, phase, fact, nowMs);
    case "deciding":
      return whileDeciding(state, phase, fact, nowMs);
    case "responding":
    case "speaking":
      return whileReplying(state, phase, fact, nowMs);
    default:
      return assertNever(phase);
  }
}

/** The reply is held where it is, and what is said is not meant for the assistant. */
function pause(state: TurnState, nowMs: number): Step {
  const paused = { ...state, paused: true };
  const { phase } = state;
  switch (phase.name) {
    case "hearing":
    case "deciding":
      return forget(paused, phase.key, nowMs);
    case "responding":
    case "speaking":
      return to(paused, { ...phase, interruption: undefined }, [
        { kind: "reply-level", level: "held" },
        { kind: "close-utterance" },
      ]);
    default:
      return to(paused, phase);
  }
}

/** Only what ends the pause counts, and what the reply reports of itself. */
function whilePaused(state: TurnState, fact: Fact, nowMs: number): Step {
  const { phase } = state;
  const going = { ...state, paused: false };
  switch (fact.kind) {
    case "pause-changed":
      return fact.paused ? stay(state) : goOn(going, nowMs);
    case "text-entered":
    case "stop-requested":
      return whileGoing(going, fact, nowMs);
    case "talk-key":
      return fact.pressed ? whileGoing(going, fact, nowMs) : stay(state);
    case "audio-started":
    case "reply-begun":
    case "reply-acted":
    case "reply-finished":
      return phase.name === "responding" || phase.name === "speaking"
        ? whileReplying(state, phase, fact, nowMs)
        : stay(state);
    default:
      return stay(state);
  }
}

function goOn(state: TurnState, nowMs: number): Step {
  const { phase } = state;
  const level: Command[] = [{ kind: "reply-level", level: "normal" }, { kind: "close-utterance" }];
  if (phase.name === "responding" || phase.name === "speaking") return stay(state, level);
  if (phase.name === "listening") return listen(state, [{ kind: "close-utterance" }], nowMs);
  return stay(state);
}

/** An utterance that began in another mode is not wanted; a reply goes on. */
function changeConduct(state: TurnState, conduct: Conduct, nowMs: number): Step {
  const { phase } = state;
  const changed = { ...state, conduct };
  if (conduct.mode === state.conduct.mode || phase.name === "closed") return stay(changed);
  switch (phase.name) {
    case "hearing":
    case "deciding":
      return forget(changed, phase.key, nowMs);
    case "responding":
    case "speaking":
      return to(changed, { ...phase, interruption: undefined }, [
        { kind: "reply-level", level: state.paused ? "held" : "normal" },
        { kind: "close-utterance" },
      ]);
    default:
      return listen(changed, [{ kind: "close-utterance" }], nowMs);
  }
}

function close(state: TurnState): Step {
  const { phase } = state;
  const commands: Command[] = [];
  if (phase.name === "hearing" || phase.name === "deciding") commands.push({ kind: "forget", key: phase.key });
  if (phase.name === "responding" || phase.name === "speaking")
    commands.push({ kind: "cut", key: phase.key }, { kind: "reply-level", level: "normal" });
  if (phase.name !== "closed") commands.push({ kind: "close-utterance" });
  return to({ ...state, paused: false, announcements: [] }, { name: "closed" }, commands);
}

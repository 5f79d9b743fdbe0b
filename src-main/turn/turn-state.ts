import type { Failure } from "../../src-shared/failure.ts";
import { DEFAULT_CONDUCT, type Conduct } from "./conduct.ts";
import type { Command, ReplyLevel } from "./facts.ts";
import { LONG_HABIT_MS } from "./patience.ts";
import type { TurnKey } from "./ports.ts";

/** A user's speech over a reply, until it is known what it is. */
export interface Interruption {
  readonly startedAtMs: number;
  /** The reply meanwhile. */
  readonly level: ReplyLevel;
  /** Where it paused; undefined while it goes on. */
  readonly speechEndedAtMs: number | undefined;
  /** It went on for long without words: the reply goes on as well. */
  readonly isIgnored: boolean;
}

/** An utterance of the user on its way to being a turn. */
export interface Utterance {
  readonly key: TurnKey;
  readonly startedAtMs: number;
  /** It began as speech over a reply. */
  readonly overReply: boolean;
  /** It is certain that the assistant is meant. */
  readonly addressed: boolean;
  /** A key says when it is over: pauses do not end the turn. */
  readonly byKey: boolean;
  /** The user paused inside it, for long enough to tell a habit. */
  readonly hasPaused?: boolean;
  /** It silenced the reply, as a stop phrase does. */
  readonly stopped?: boolean;
  /** It began in a time in which no wake phrase is needed, which goes on until then when nothing is said after all. */
  readonly attentiveUntilMs?: number;
}

/** What became of an utterance at a pause. */
export interface HeardPause {
  readonly text: string;
  /** It began with the wake phrase. */
  readonly called: boolean;
  /** How likely it is the end, 0 to 1: so much silence is waited for. */
  readonly endProbability: number;
}

/** The user is speaking. `pausedAtMs`: with the talk key held, where the speech paused. */
export type Hearing = Utterance & { readonly name: "hearing"; readonly pausedAtMs?: number };

/** The user paused: the reply is made in advance while the pause grows. `heard` is undefined until the transcript is there. */
export type Deciding = Utterance & {
  readonly name: "deciding";
  readonly speechEndedAtMs: number;
  readonly askedAtMs: number;
  /** Nothing but the transcript is waited for. */
  readonly silenceIsOver: boolean;
  readonly heard: HeardPause | undefined;
};

/** The turn is decided. */
export interface Replying {
  /** `responding`: nothing of the reply is audible yet. */
  readonly name: "responding" | "speaking";
  readonly key: TurnKey;
  readonly decidedAtMs: number;
  /** Where the user's utterance began; undefined for a turn that was not spoken, and once the reply has acted. */
  readonly reopensAtMs: number | undefined;
  /** When the reply was first heard. */
  readonly audibleAtMs: number | undefined;
  /** The first words of the reply are there. */
  readonly isUnderWay: boolean;
  readonly interruption: Interruption | undefined;
}

/** Where the conversation stands. Every state but the first two has a turn. */
export type Phase =
  | { readonly name: "closed" }
  /** `attentiveUntilMs`: until then no wake phrase is needed. */
  | { readonly name: "listening"; readonly attentiveUntilMs?: number }
  | Hearing
  | Deciding
  | Replying;

/** The whole state of turn-taking. */
export interface TurnState {
  readonly phase: Phase;
  readonly conduct: Conduct;
  /** The user has paused the conversation. */
  readonly paused: boolean;
  readonly lastTurnId: number;
  /** The last turn that was announced by a word, or 0: once a turn is enough. */
  readonly acknowledgedTurnId: number;
  /** The longest pauses that the user makes inside a turn of late, learned in this session. */
  readonly habitMs: number;
  /** Announcements that wait until nobody speaks, oldest first. */
  readonly announcements: readonly string[];
}

/** A state and what to do on the way into it. */
export interface Step {
  readonly state: TurnState;
  readonly commands: readonly Command[];
}

/** The state before the session is opened. */
export const CLOSED: TurnState = {
  phase: { name: "closed" },
  conduct: DEFAULT_CONDUCT,
  paused: false,
  lastTurnId: 0,
  acknowledgedTurnId: 0,
  habitMs: LONG_HABIT_MS,
  announcements: [],
};

/** Changes the phase. */
export function to(state: TurnState, phase: Phase, commands: readonly Command[] = []): Step {
  return { state: { ...state, phase }, commands };
}

/** Changes nothing but what is already in `state`. */
export function stay(state: TurnState, commands: readonly Command[] = []): Step {
  return { state, commands };
}

/** Whether work with this key still counts. */
export function isCurrent(current: TurnKey, key: TurnKey): boolean {
  return current.turnId === key.turnId && current.revision === key.revision;
}

/** The next revision of a turn. */
export function revised(key: TurnKey): TurnKey {
  return { turnId: key.turnId, revision: key.revision + 1 };
}

/** Nobody has the floor: says the oldest waiting announcement, or listens; without a wake phrase until `attentiveUntilMs`. */
export function listen(state: TurnState, commands: readonly Command[], nowMs: number, attentiveUntilMs?: number): Step {
  const [text, ...announcements] = state.announcements;
  if (text === undefined || state.paused)
    return to(state, { name: "listening", ...(attentiveUntilMs !== undefined && { attentiveUntilMs }) }, commands);
  const key = newKey(state);
  return reply({ ...state, announcements }, key, nowMs, undefined, [
    ...commands,
    { kind: "begin-turn", key, origin: "announcement" },
    { kind: "announce", key, text },
    { kind: "release", key },
  ]);
}

/** The user speaks since `startedAtMs`: a new turn. */
export function hear(state: TurnState, utterance: Omit<Utterance, "key">, commands: readonly Command[] = []): Step {
  const key = newKey(state);
  const { startedAtMs: atMs, addressed } = utterance;
  const begin: Command = { kind: "begin-turn", key, origin: "spoken", atMs, addressed };
  return to({ ...state, lastTurnId: key.turnId }, { ...utterance, name: "hearing", key }, [...commands, begin]);
}

/** The user typed: a new turn that is decided at once. */
export function answerTyped(state: TurnState, text: string, commands: readonly Command[], nowMs: number): Step {
  const key = newKey(state);
  return reply({ ...state, paused: false }, key, nowMs, undefined, [
    ...commands,
    { kind: "begin-turn", key, origin: "typed" },
    { kind: "respond", key, text },
    { kind: "release", key },
  ]);
}

/** The turn is decided. */
export function reply(
  state: TurnState,
  key: TurnKey,
  nowMs: number,
  reopensAtMs: number | undefined,
  commands: readonly Command[],
): Step {
  const phase: Replying = {
    name: "responding",
    key,
    decidedAtMs: nowMs,
    reopensAtMs,
    audibleAtMs: undefined,
    isUnderWay: false,
    interruption: undefined,
  };
  return to({ ...state, lastTurnId: Math.max(state.lastTurnId, key.turnId) }, phase, commands);
}

/** The turn leaves no trace, or stays visible with why it failed. */
export function forget(
  state: TurnState,
  key: TurnKey,
  nowMs: number,
  outcome: { readonly failure?: Failure; readonly attentiveUntilMs?: number } = {},
): Step {
  const { failure, attentiveUntilMs } = outcome;
  const command: Command = failure ? { kind: "forget", key, failure } : { kind: "forget", key };
  return listen(state, [command, { kind: "close-utterance" }], nowMs, attentiveUntilMs);
}

function newKey(state: TurnState): TurnKey {
  return { turnId: state.lastTurnId + 1, revision: 1 };
}

import { failure } from "../../src-shared/failure.ts";
import { DEFAULT_CONDUCT, type Conduct } from "../../src-main/turn/conduct.ts";
import type { Command, Fact } from "../../src-main/turn/facts.ts";
import {
  CLOSED,
  type Interruption,
  type Phase,
  type Replying,
  type TurnState,
} from "../../src-main/turn/turn-state.ts";

const KEY = { turnId: 7, revision: 2 };
const STALE = { turnId: 7, revision: 1 };
const BROKEN = failure("transcribe-failed", "transcribe", "broken", true);

const utterance = { key: KEY, startedAtMs: 1000, overReply: false, addressed: true, byKey: false };
const deciding = {
  ...utterance,
  name: "deciding",
  speechEndedAtMs: 5000,
  askedAtMs: 5064,
  silenceIsOver: false,
} as const;
const over: Interruption = { startedAtMs: 5000, level: "ducked", speechEndedAtMs: undefined, isIgnored: false };

function replying(name: "responding" | "speaking", interruption?: Partial<Interruption>): Replying {
  return {
    name,
    key: KEY,
    decidedAtMs: 4500,
    reopensAtMs: 1000,
    audibleAtMs: name === "speaking" ? 3000 : undefined,
    isUnderWay: name === "speaking",
    interruption: interruption && { ...over, ...interruption },
  };
}

const over5200 = { speechEndedAtMs: 5200 };

/** A state of turn-taking after six turns and a revision of the seventh. */
function stateWith(phase: Phase, conduct: Partial<Conduct> = {}, paused = false): TurnState {
  return { ...CLOSED, phase, paused, conduct: { ...DEFAULT_CONDUCT, ...conduct }, lastTurnId: 7 };
}

const TALK_KEY = { mode: "push-to-talk" } as const;
const PHRASE = { mode: "wake-phrase" } as const;
const unaddressed = { ...utterance, addressed: false };

/** Every kind of state, by a name for the table. */
export const STATES: Record<string, TurnState> = {
  closed: stateWith({ name: "closed" }),
  listening: stateWith({ name: "listening" }),
  hearing: stateWith({ ...utterance, name: "hearing" }),
  "key held": stateWith({ ...utterance, name: "hearing", byKey: true }),
  "key held in pause": stateWith({ ...utterance, name: "hearing", byKey: true, pausedAtMs: 5000 }),
  deciding: stateWith({ ...deciding, heard: undefined }),
  understood: stateWith({ ...deciding, heard: { text: "hello", called: false, endProbability: 0.5 } }),
  "heard nothing": stateWith({ ...deciding, heard: { text: "", called: false, endProbability: 0.5 } }),
  waiting: stateWith({ ...deciding, silenceIsOver: true, heard: undefined }),
  "key let go": stateWith({ ...deciding, byKey: true, silenceIsOver: true, heard: undefined }),
  responding: stateWith(replying("responding")),
  "responding ducked": stateWith(replying("responding", {})),
  speaking: stateWith(replying("speaking")),
  ducked: stateWith(replying("speaking", {})),
  "ducked, over": stateWith(replying("speaking", over5200)),
  "ducked early": stateWith({ ...replying("speaking", {}), audibleAtMs: 4600 }),
  "ducked early, acted": stateWith({ ...replying("speaking", {}), audibleAtMs: 4600, reopensAtMs: undefined }),
  held: stateWith(replying("speaking", { level: "held" })),
  "held, over": stateWith(replying("speaking", { level: "held", ...over5200 })),
  ignored: stateWith(replying("speaking", { level: "normal", isIgnored: true })),
  "paused listening": stateWith({ name: "listening" }, {}, true),
  "paused responding": stateWith(replying("responding"), {}, true),
  "paused speaking": stateWith(replying("speaking"), {}, true),
  "key listening": stateWith({ name: "listening" }, TALK_KEY),
  "key speaking": stateWith(replying("speaking"), TALK_KEY),
  "key spoken over": stateWith(replying("speaking", { level: "normal" }), TALK_KEY),
  asleep: stateWith({ name: "listening" }, PHRASE),
  attentive: stateWith({ name: "listening", attentiveUntilMs: 6000 }, PHRASE),
  "asleep hearing": stateWith({ ...unaddressed, name: "hearing" }, PHRASE),
  "asleep hearing, timer due": {
    ...stateWith({ ...unaddressed, name: "hearing" }, PHRASE),
    announcements: ["Your timer is done."],
  },
  "asleep deciding": stateWith({ ...deciding, addressed: false, heard: undefined }, PHRASE),
  "attentive heard nothing": stateWith(
    { ...deciding, attentiveUntilMs: 9000, heard: { text: "", called: false, endProbability: 0.5 } },
    PHRASE,
  ),
  "attentive deciding": stateWith({ ...deciding, heard: undefined }, PHRASE),
  called: stateWith({ ...deciding, heard: { text: "", called: true, endProbability: 0.5 } }, PHRASE),
  "phrase speaking": stateWith(replying("speaking"), PHRASE),
  "phrase spoken over": stateWith(replying("speaking", { level: "normal" }), PHRASE),
  "half speaking": stateWith(replying("speaking"), { duplex: "half" }),
  "half spoken over": stateWith(replying("speaking", { level: "normal" }), { duplex: "half" }),
};

function words(text: string, isOver = false, spokenText = ""): Fact {
  return { kind: "words-over-reply", key: KEY, text, speechMs: 300, isOver, spokenText };
}

function transcript(text: string, spokenText = ""): Fact {
  return { kind: "transcript-ready", key: KEY, text, endProbability: 0.5, spokenText };
}

const ECHO = "the train leaves at noon";

/** Every kind of fact, by a name for the table. They are told at {@link toldAtMs}. */
export const FACTS: Record<string, Fact> = {
  opened: { kind: "opened" },
  closed: { kind: "closed" },
  "same mode": { kind: "conduct-changed", conduct: DEFAULT_CONDUCT },
  "by key": { kind: "conduct-changed", conduct: { ...DEFAULT_CONDUCT, ...TALK_KEY } },
  started: { kind: "speech-started", atMs: 5100 },
  paused: { kind: "speech-paused", speechEndedAtMs: 5200 },
  resumed: { kind: "speech-resumed", atMs: 5300 },
  early: { kind: "deadline-reached" },
  late: { kind: "deadline-reached" },
  "too late": { kind: "deadline-reached" },
  transcript: transcript("what time is it"),
  "wake phrase": transcript("Hey, Repartee!"),
  "call with request": transcript("Hey Repartee, what time is it?"),
  echo: transcript(ECHO, ECHO),
  "no words": transcript(""),
  "stale transcript": { ...transcript("old"), key: STALE } as Fact,
  "transcript failed": { kind: "transcript-failed", key: KEY, failure: BROKEN },
  "stale failed": { kind: "transcript-failed", key: STALE, failure: BROKEN },
  "said stop": words("stop"),
  "said more": words("what about tomorrow then"),
  "called over": words("hey repartee"),
  "said yeah": words("yeah", true),
  "says yeah": words("yeah"),
  coughed: words("", true),
  "echo over": words(ECHO, false, ECHO),
  "stale stop": { ...words("stop"), key: STALE } as Fact,
  begun: { kind: "reply-begun", key: KEY },
  "begun understood": { kind: "reply-begun", key: KEY, isUnderstood: true },
  acted: { kind: "reply-acted", key: KEY },
  audible: { kind: "audio-started", key: KEY },
  finished: { kind: "reply-finished", key: KEY, asksBack: false },
  "stale begun": { kind: "reply-begun", key: STALE, isUnderstood: true },
  "stale acted": { kind: "reply-acted", key: STALE },
  "stale audible": { kind: "audio-started", key: STALE },
  "stale finished": { kind: "reply-finished", key: STALE, asksBack: false },
  typed: { kind: "text-entered", text: "hi" },
  stop: { kind: "stop-requested" },
  "key down": { kind: "talk-key", pressed: true },
  "key up": { kind: "talk-key", pressed: false },
  done: { kind: "done-requested" },
  pause: { kind: "pause-changed", paused: true },
  "go on": { kind: "pause-changed", paused: false },
  muted: { kind: "microphone-silenced" },
  unplugged: { kind: "microphone-lost", atMs: 5300 },
  announcement: { kind: "announcement-due", text: "Your timer is done." },
};

/** When the fact of this name is told. Session clock, ms. */
export function toldAtMs(name: string): number {
  if (name === "early") return 5270;
  if (name === "late") return 8000;
  return name === "too late" ? 90_000 : 5310;
}

/** The state in short: its phase and what matters of it. */
export function nameOf({ phase, paused, announcements }: TurnState): string {
  const notes: string[] = [];
  if (phase.name === "listening" && phase.attentiveUntilMs !== undefined) notes.push("attentive");
  if ((phase.name === "hearing" || phase.name === "deciding") && !phase.addressed) notes.push("unaddressed");
  if ((phase.name === "hearing" || phase.name === "deciding") && phase.byKey) notes.push("by-key");
  if ((phase.name === "hearing" || phase.name === "deciding") && phase.overReply) notes.push("over-reply");
  if (phase.name === "hearing" && phase.pausedAtMs !== undefined) notes.push("in-pause");
  if (phase.name === "deciding") notes.push(phase.heard ? "understood" : phase.silenceIsOver ? "waiting" : "");
  if (phase.name === "responding" || phase.name === "speaking") {
    const { interruption } = phase;
    if (phase.name === "responding" && phase.isUnderWay) notes.push("under-way");
    if (phase.reopensAtMs === undefined) notes.push("final");
    if (interruption) notes.push(interruption.isIgnored ? "ignored" : interruption.level);
    if (interruption?.speechEndedAtMs !== undefined) notes.push("over");
  }
  if (paused) notes.push("paused");
  if (announcements.length > 0) notes.push("queued");
  return [phase.name, ...notes.filter((note) => note !== "")].join(" ");
}

/** The command in short. */
export function nameOfCommand(command: Command): string {
  return command.kind === "reply-level" ? command.level : command.kind;
}

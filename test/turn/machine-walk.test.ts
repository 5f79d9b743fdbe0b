import { expect, test } from "vitest";
import { failure } from "../../src-shared/failure.ts";
import { DEFAULT_CONDUCT, type Conduct } from "../../src-main/turn/conduct.ts";
import type { Command, Fact } from "../../src-main/turn/facts.ts";
import { CLOSED, deadlineOf, step } from "../../src-main/turn/machine.ts";
import type { TurnKey } from "../../src-main/turn/ports.ts";
import type { TurnState } from "../../src-main/turn/turn-state.ts";
import { nameOf } from "./machine-states.ts";

const FACTS = 1_000_000;

test("a million random facts keep the laws", () => {
  const walk = new Walk(4711);
  for (let count = 0; count < FACTS; count++) walk.go();
  expect(walk.visited.size).toBeGreaterThan(80);
  expect(Math.min(...walk.commands.values())).toBeGreaterThan(200);
  expect([...walk.commands.keys()].toSorted()).toEqual([
    "acknowledge",
    "announce",
    "attend",
    "attend-pause",
    "begin-turn",
    "close-utterance",
    "complete",
    "cut",
    "forget",
    "release",
    "reopen",
    "reply-level",
    "respond",
    "revise",
    "transcribe",
  ]);
});

const CONDUCTS: readonly Conduct[] = (["hands-free", "hands-free", "wake-phrase", "push-to-talk"] as const).flatMap(
  (mode) => (["full", "guarded", "half"] as const).map((duplex) => ({ ...DEFAULT_CONDUCT, mode, duplex })),
);
const TEXTS = [
  "",
  "yeah",
  "stop",
  "what about tomorrow then",
  "hey repartee",
  "hey repartee what time is it",
  "uh huh",
];
const BROKEN = failure("transcribe-failed", "transcribe", "broken", true);

/** A random conversation. It throws at the first law that is broken. */
class Walk {
  readonly visited = new Set<string>();
  readonly commands = new Map<Command["kind"], number>();
  #seed: number;
  #state: TurnState = CLOSED;
  #nowMs = 0;
  #openTurn: TurnKey | undefined;
  #lastTurnId = 0;
  #released = false;
  #acknowledgedTurnId = 0;
  #level = "normal";

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Lets time pass, tells the deadlines that are due, and then one random fact. */
  go(): void {
    this.#nowMs += this.#below(200);
    if (this.#below(2) === 0) this.#nowMs = Math.max(this.#nowMs, deadlineOf(this.#state) ?? 0);
    for (let told = 0; this.#isDue; told++) {
      if (told > 4) throw new Error(`a deadline is never answered while ${nameOf(this.#state)}`);
      this.#tell({ kind: "deadline-reached" });
    }
    const isStale = this.#below(10) === 0;
    const { phase } = this.#state;
    const current = "key" in phase ? phase.key : { turnId: 0, revision: 0 };
    const key = isStale ? { turnId: current.turnId - this.#below(2), revision: current.revision + 1 } : current;
    const fact = this.#randomFact(key);
    const before = this.#state;
    this.#tell(fact);
    if (isStale && "key" in fact && this.#state !== before)
      throw new Error(`a stale ${fact.kind} changed ${nameOf(before)}`);
  }

  get #isDue(): boolean {
    const atMs = deadlineOf(this.#state);
    return atMs !== undefined && atMs <= this.#nowMs;
  }

  #tell(fact: Fact): void {
    const { state, commands } = step(this.#state, fact, this.#nowMs);
    this.#state = state;
    for (const command of commands) this.#check(command);
    this.#checkState(fact);
    this.visited.add(
      `${state.phase.name} ${state.conduct.mode} ${state.conduct.duplex} ${state.paused} ${this.#level}`,
    );
  }

  #check(command: Command): void {
    this.commands.set(command.kind, (this.commands.get(command.kind) ?? 0) + 1);
    if (command.kind === "reply-level") this.#level = command.level;
    if (!("key" in command)) return;
    const { kind, key } = command;
    if (kind === "begin-turn") {
      if (this.#openTurn) throw new Error("a turn begins before the last one has ended");
      if (key.turnId <= this.#lastTurnId) throw new Error("turn ids do not grow");
      this.#lastTurnId = key.turnId;
      this.#openTurn = key;
      this.#released = false;
      return;
    }
    const open = this.#openTurn;
    if (key.turnId !== open?.turnId) throw new Error(`${kind} of a turn that is not open`);
    if (kind === "revise" || kind === "reopen") {
      if (key.revision !== open.revision + 1) throw new Error(`${kind} skips a revision`);
      if ((kind === "reopen") !== this.#released) throw new Error(`${kind} of a turn decided: ${this.#released}`);
      this.#openTurn = key;
      this.#released = false;
      return;
    }
    if (key.revision !== open.revision) throw new Error(`${kind} of an old revision`);
    this.#checkUse(kind, key);
  }

  #checkUse(kind: Command["kind"], { turnId }: TurnKey): void {
    switch (kind) {
      case "release":
        if (this.#released) throw new Error("released twice");
        this.#released = true;
        return;
      case "acknowledge":
        if (!this.#released) throw new Error("acknowledged before it was decided");
        if (turnId === this.#acknowledgedTurnId) throw new Error("acknowledged twice");
        this.#acknowledgedTurnId = turnId;
        return;
      case "cut":
      case "complete":
      case "forget":
        if (this.#released !== (kind !== "forget")) throw new Error(`${kind}, decided: ${this.#released}`);
        this.#openTurn = undefined;
        return;
      default:
        return;
    }
  }

  #checkState({ kind }: Fact): void {
    const { phase, paused } = this.#state;
    const turnId = "key" in phase ? phase.key.turnId : undefined;
    if (turnId !== this.#openTurn?.turnId) throw new Error(`after ${kind}: open turn is not that of the state`);
    const replies = phase.name === "responding" || phase.name === "speaking";
    if (replies !== (turnId !== undefined && this.#released)) throw new Error(`after ${kind}: ${phase.name} undecided`);
    const audible = paused ? "held" : replies ? (phase.interruption?.level ?? "normal") : "normal";
    const level = replies ? audible : "normal";
    if (this.#level !== level) throw new Error(`after ${kind}: level ${this.#level} while ${nameOf(this.#state)}`);
  }

  #randomFact(key: TurnKey): Fact {
    return this.#below(12) === 0 ? this.#factFromOutside() : this.#factFromStages(key);
  }

  #factFromStages(key: TurnKey): Fact {
    const atMs = this.#nowMs - this.#below(300);
    const text = TEXTS[this.#below(TEXTS.length)] as string;
    const isOver = this.#below(2) === 0;
    const spokenText = this.#below(4) === 0 ? text : "";
    switch (this.#below(14)) {
      case 0:
        return this.#below(4) === 0
          ? { kind: "transcript-failed", key, failure: BROKEN }
          : { kind: "reply-acted", key };
      case 1:
        return { kind: "reply-begun", key, isUnderstood: isOver };
      case 3:
        return { kind: "audio-started", key };
      case 4:
        return { kind: "reply-finished", key, asksBack: isOver };
      case 2:
      case 5:
      case 6:
      case 7:
        return { kind: "words-over-reply", key, text, speechMs: 500, isOver, spokenText };
      case 8:
        return { kind: "speech-started", atMs };
      case 9:
        return { kind: "speech-resumed", atMs };
      case 10:
      case 11:
        return { kind: "speech-paused", speechEndedAtMs: atMs };
      default:
        return { kind: "transcript-ready", key, text, endProbability: this.#below(101) / 100, spokenText };
    }
  }

  #factFromOutside(): Fact {
    switch (this.#below(12)) {
      case 0:
        return { kind: this.#below(4) === 0 ? "closed" : "opened" };
      case 1:
        return { kind: "opened" };
      case 2:
        return { kind: "conduct-changed", conduct: CONDUCTS[this.#below(CONDUCTS.length)] as Conduct };
      case 3:
        return { kind: "text-entered", text: "hi" };
      case 4:
        return { kind: "stop-requested" };
      case 5:
        return { kind: "talk-key", pressed: this.#below(2) === 0 };
      case 6:
        return { kind: "done-requested" };
      case 7:
        return { kind: "pause-changed", paused: this.#below(4) === 0 };
      case 8:
        return { kind: "microphone-silenced" };
      case 9:
        return { kind: "microphone-lost", atMs: this.#nowMs };
      case 10:
        return { kind: "announcement-due", text: "Your timer is done." };
      default:
        return { kind: "deadline-reached" };
    }
  }

  #below(limit: number): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), this.#seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * limit);
  }
}

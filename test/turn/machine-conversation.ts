import { DEFAULT_CONDUCT, type Conduct } from "../../src-main/turn/conduct.ts";
import type { Command, Fact } from "../../src-main/turn/facts.ts";
import { CLOSED, deadlineOf, step } from "../../src-main/turn/machine.ts";
import type { TurnKey } from "../../src-main/turn/ports.ts";
import type { TurnState } from "../../src-main/turn/turn-state.ts";
import { nameOf, nameOfCommand } from "./machine-states.ts";

/** A conversation with the machine: facts in at their times, and what it commanded. */
export class Conversation {
  state: TurnState;
  commands: Command[] = [];

  constructor(conduct: Partial<Conduct> = {}) {
    this.state = { ...CLOSED, conduct: { ...DEFAULT_CONDUCT, ...conduct } };
    this.tell(0, { kind: "opened" });
  }

  get key(): TurnKey {
    const { phase } = this.state;
    if ("key" in phase) return phase.key;
    throw new Error(`no turn while ${phase.name}`);
  }

  get is(): string {
    return nameOf(this.state);
  }

  /** Tells a fact and gives back what was commanded, in short. */
  tell(nowMs: number, fact: Fact): string {
    const { state, commands } = step(this.state, fact, nowMs);
    this.state = state;
    this.commands = [...this.commands, ...commands];
    return commands.map((command) => nameOfCommand(command)).join(" ");
  }

  /** Waits for the deadline of the state, which must come. */
  wait(): string {
    const atMs = deadlineOf(this.state);
    if (atMs === undefined) throw new Error(`no deadline while ${this.is}`);
    return this.tell(atMs, { kind: "deadline-reached" });
  }

  startSpeech(atMs: number): string {
    return this.tell(atMs + 64, { kind: "speech-started", atMs });
  }

  pauseSpeech(speechEndedAtMs: number): string {
    return this.tell(speechEndedAtMs + 64, { kind: "speech-paused", speechEndedAtMs });
  }

  transcribe(nowMs: number, text: string, endProbability = 1, spokenText = ""): string {
    return this.tell(nowMs, { kind: "transcript-ready", key: this.key, text, endProbability, spokenText });
  }

  overhear(nowMs: number, text: string, isOver = false, spokenText = ""): string {
    return this.tell(nowMs, { kind: "words-over-reply", key: this.key, text, speechMs: 300, isOver, spokenText });
  }

  /** A question from 1000 to 2000 ms, answered at about 2100 ms and not heard yet. */
  ask(text = "What time is it?"): void {
    this.startSpeech(1000);
    this.pauseSpeech(2000);
    this.transcribe(2080, text);
    this.wait();
  }

  /** As {@link ask}, and the answer is heard from 2200 ms on. */
  askAndHear(text?: string): void {
    this.ask(text);
    this.tell(2150, { kind: "reply-begun", key: this.key });
    this.tell(2200, { kind: "audio-started", key: this.key });
  }

  finish(nowMs: number, asksBack = false): string {
    return this.tell(nowMs, { kind: "reply-finished", key: this.key, asksBack });
  }
}

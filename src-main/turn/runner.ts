import { assertNever } from "../../src-shared/assert-never.ts";
import type { Failure } from "../../src-shared/failure.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { Ear, type EarStages } from "./ear.ts";
import type { Command, Fact } from "./facts.ts";
import { CLOSED, deadlineOf, step } from "./machine.ts";
import type { ReplyPart, Responder, TurnKey } from "./ports.ts";
import { TurnLog } from "./turn-log.ts";
import type { Phase, TurnState } from "./turn-state.ts";
import { Voice, type VoiceStages } from "./voice.ts";

/** The stages a conversation runs on. */
export interface TurnStages extends EarStages, VoiceStages {
  readonly responder: Responder;
}

/** One step of the machine, as a flight recorder keeps it. */
export interface RecordedStep {
  /** Session clock, ms. */
  readonly atMs: number;
  readonly fact: Fact;
  readonly commands: readonly Command[];
  /** Where the machine stood before. */
  readonly before: TurnState;
}

/** What a runner tells its owner. */
export interface TurnObserver {
  /** The phase or a turn changed; read `phase` and `turns`. */
  changed(): void;
  /** A turn is over and will not change any more. */
  turnEnded(turn: TurnView): void;
  /** A stage failed outside any turn, for example speech detection. */
  failed(failure: Failure): void;
  /** The machine took a step. */
  stepped?(step: RecordedStep): void;
}

/** Facts that come from outside the pipeline. */
export type OutsideFact = Extract<
  Fact,
  {
    kind:
      | "opened"
      | "closed"
      | "conduct-changed"
      | "text-entered"
      | "stop-requested"
      | "talk-key"
      | "done-requested"
      | "pause-changed"
      | "microphone-silenced"
      | "microphone-lost"
      | "announcement-due";
  }
>;

/**
 * Runs the turn machine: one queue of facts in, commands out to the stages. Main thread; never blocks. Work that the machine has
 * voided is cancelled here, and what it still reports is dropped by its key.
 */
export class TurnRunner {
  readonly #stages: TurnStages;
  readonly #observer: TurnObserver;
  readonly #log = new TurnLog();
  readonly #ear: Ear;
  readonly #voice: Voice;
  readonly #queue: Fact[] = [];
  #state: TurnState = CLOSED;
  #running = false;
  #cancelDeadline: (() => void) | undefined;
  #armedAtMs: number | undefined;

  constructor(stages: TurnStages, observer: TurnObserver) {
    this.#stages = stages;
    this.#observer = observer;
    const tell = (fact: Fact) => this.#accept(fact);
    const failed = (failure: Failure) => observer.failed(failure);
    const changed = () => observer.changed();
    this.#voice = new Voice(stages, this.#log, { tell, changed, failed, ended: (turnId) => this.#tellEnded(turnId) });
    this.#ear = new Ear(stages, {
      tell,
      failed,
      partial: (key, transcript) => this.#showPartial(key, transcript),
      spokenText: (atMs) => this.#voice.spokenText(atMs),
    });
  }

  get phase(): Phase["name"] {
    const { phase } = this.#state;
    return (phase.name === "hearing" || phase.name === "deciding") && !phase.addressed ? "listening" : phase.name;
  }

  /** Whether the user has paused the conversation. */
  get paused(): boolean {
    return this.#state.paused;
  }

  /** Whether speech counts without a wake phrase or key right now. */
  get attentive(): boolean {
    const { phase, conduct } = this.#state;
    return conduct.mode === "hands-free" || (phase.name === "listening" && phase.attentiveUntilMs !== undefined);
  }

  get turns(): readonly TurnView[] {
    return this.#log.turns;
  }

  /** Tells the machine what happened outside the pipeline. */
  tell(fact: OutsideFact): void {
    this.#accept(fact);
  }

  /** One microphone frame: 512 samples at 16 kHz, and the time just after its last sample. */
  async hear(frame: Float32Array, endedAtMs: number): Promise<void> {
    const guarded = this.#state.conduct.duplex !== "full" && this.#voice.mayEcho(endedAtMs);
    await this.#ear.hear(frame, endedAtMs, guarded);
  }

  /** Brings the player's gain in line with the volume setting. */
  applyVolume(): void {
    this.#voice.applyVolume();
  }

  #accept(fact: Fact): void {
    this.#queue.push(fact);
    if (this.#running) return;
    this.#running = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const atMs = this.#stages.clock.nowMs();
      const before = this.#state;
      const { state, commands } = step(before, next, atMs);
      this.#state = state;
      this.#observer.stepped?.({ atMs, fact: next, commands, before });
      for (const command of commands) this.#carryOut(command);
    }
    this.#running = false;
    this.#armDeadline();
    this.#observer.changed();
  }

  #carryOut(command: Command): void {
    switch (command.kind) {
      case "begin-turn":
        return this.#beginTurn(command);
      case "transcribe":
        this.#log.mark(command.key.turnId, "speechEndedAtMs", command.speechEndedAtMs);
        return void this.#ear.transcribe(command.key, command.speechEndedAtMs);
      case "respond":
        return this.#respond(command.key, command.text);
      case "announce":
        return this.#voice.start(command.key, () => announcement(command.text));
      case "release":
        this.#mark(command.key, "turnDecidedAtMs");
        return this.#voice.release();
      case "acknowledge":
        return this.#voice.acknowledge();
      case "revise":
        this.#voice.drop();
        this.#log.revise(command.key.turnId);
        return this.#ear.resume(this.#stages.clock.nowMs());
      case "reopen":
        this.#voice.drop();
        this.#log.revise(command.key.turnId);
        return this.#ear.reopen(this.#stages.clock.nowMs());
      case "attend":
        return this.#ear.attend(command.key, command.atMs);
      case "attend-pause":
        return this.#ear.attendPause(command.speechEndedAtMs);
      case "cut":
        return this.#voice.cut(command.key);
      case "complete":
        return this.#voice.complete(command.key);
      case "forget":
        return this.#forget(command.key, command.failure);
      case "close-utterance":
        return this.#ear.close();
      case "reply-level":
        return this.#voice.setLevel(command.level);
      default:
        return assertNever(command);
    }
  }

  #beginTurn({ key, origin, atMs, addressed = true }: Extract<Command, { kind: "begin-turn" }>): void {
    this.#log.begin(key.turnId, origin, atMs === undefined ? {} : { speechStartedAtMs: atMs }, addressed);
    if (atMs !== undefined) this.#ear.begin(key, atMs);
  }

  #showPartial({ turnId }: TurnKey, transcript: string): void {
    this.#log.change(turnId, { transcript });
    this.#observer.changed();
  }

  #respond(key: TurnKey, text: string): void {
    this.#log.show(key.turnId);
    this.#log.change(key.turnId, { transcript: text, transcriptIsFinal: true });
    if (this.#log.find(key.turnId)?.origin === "spoken") this.#mark(key, "transcriptFinalAtMs");
    const request = { key, text, history: this.#log.history(key.turnId) };
    this.#voice.start(key, (signal) => this.#stages.responder.respond(request, signal));
  }

  #forget({ turnId }: TurnKey, failure: Failure | undefined): void {
    this.#voice.drop();
    if (!failure || !this.#log.isShown(turnId)) return this.#log.remove(turnId);
    this.#log.change(turnId, { failure });
    this.#tellEnded(turnId);
  }

  #tellEnded(turnId: number): void {
    const turn = this.#log.find(turnId);
    if (turn) this.#observer.turnEnded(turn);
  }

  #mark(key: TurnKey, name: Parameters<TurnLog["mark"]>[1]): void {
    this.#log.mark(key.turnId, name, this.#stages.clock.nowMs());
  }

  #armDeadline(): void {
    const atMs = deadlineOf(this.#state);
    if (atMs === this.#armedAtMs) return;
    this.#cancelDeadline?.();
    this.#armedAtMs = atMs;
    this.#cancelDeadline =
      atMs === undefined
        ? undefined
        : this.#stages.clock.schedule(atMs, () => {
            this.#armedAtMs = undefined;
            this.#accept({ kind: "deadline-reached" });
          });
  }
}

async function* announcement(text: string): AsyncGenerator<ReplyPart> {
  yield { kind: "text", text };
}

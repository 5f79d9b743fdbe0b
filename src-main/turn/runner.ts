import { assertNever } from "../../src-shared/assert-never.ts";
import { failure, type Failure } from "../../src-shared/failure.ts";
import type { AssistantState, TurnView } from "../../src-shared/turn-view.ts";
import { Endpointer } from "./endpointer.ts";
import type { Command, Fact } from "./facts.ts";
import { CLOSED, deadlineOf, step, type TurnState } from "./machine.ts";
import type {
  Clock,
  PlayerEvent,
  ReplyPart,
  Responder,
  StreamPlayer,
  Synthesizer,
  Transcriber,
  TurnKey,
  VoiceDetector,
} from "./ports.ts";
import { Reply, type ReplyEvent, type SpeakingStyle } from "./reply.ts";
import { TurnLog } from "./turn-log.ts";
import { TURN_TUNING } from "./turn-tuning.ts";
import { UtteranceBuffer } from "./utterance-buffer.ts";
import { UtteranceTranscription } from "./utterance-transcription.ts";

/** The stages a conversation runs on. */
export interface TurnStages {
  readonly clock: Clock;
  readonly detector: VoiceDetector;
  readonly transcriber: Transcriber;
  readonly responder: Responder;
  readonly synthesizer: Synthesizer;
  readonly player: StreamPlayer;
  readonly speaking: () => SpeakingStyle & { readonly volumeRatio: number };
}

/** What a runner tells its owner. */
export interface TurnObserver {
  /** The phase or a turn changed; read `phase` and `turns`. */
  changed(): void;
  /** A turn is over and will not change any more. */
  turnEnded(turn: TurnView): void;
  /** A stage failed outside any turn, for example speech detection. */
  failed(failure: Failure): void;
}

/**
 * Runs the turn machine: one queue of facts in, commands out to the stages. Main thread; never blocks. Work that the machine has
 * voided is cancelled here, and what it still reports is dropped by its key.
 */
export class TurnRunner {
  readonly #stages: TurnStages;
  readonly #observer: TurnObserver;
  readonly #log = new TurnLog();
  readonly #endpointer = new Endpointer();
  readonly #buffer = new UtteranceBuffer();
  readonly #queue: Fact[] = [];
  #state: TurnState = CLOSED;
  #running = false;
  #utterance: UtteranceTranscription | undefined;
  #reply: Reply | undefined;
  /** A reply that was cut and whose last heard sample the player is about to report. */
  #cutReply: Reply | undefined;
  #cancelDeadline: (() => void) | undefined;
  #armedAtMs: number | undefined;
  #ducked = false;

  constructor(stages: TurnStages, observer: TurnObserver) {
    this.#stages = stages;
    this.#observer = observer;
    stages.player.onEvent((event) => this.#onPlayerEvent(event));
    this.applyVolume();
  }

  get phase(): Exclude<AssistantState, "starting" | "muted" | "failed"> | "closed" {
    return this.#state.phase.name;
  }

  get turns(): readonly TurnView[] {
    return this.#log.turns;
  }

  /** Tells the machine what happened outside the pipeline. */
  tell(
    fact: Extract<
      Fact,
      {
        kind:
          | "opened"
          | "closed"
          | "text-entered"
          | "stop-requested"
          | "microphone-silenced"
          | "microphone-lost"
          | "announcement-due";
      }
    >,
  ): void {
    this.#accept(fact);
  }

  /** One microphone frame: 512 samples at 16 kHz, and the time just after its last sample. */
  async hear(frame: Float32Array, endedAtMs: number): Promise<void> {
    this.#buffer.append(frame, endedAtMs);
    const probability = await this.#stages.detector.detect(frame);
    if (!probability.ok) {
      this.#observer.failed(probability.failure);
      return;
    }
    const event = this.#endpointer.accept(probability.value, endedAtMs);
    if (event) this.#accept(event);
    if (this.#state.phase.name === "hearing") this.#utterance?.continue(probability.value, endedAtMs);
  }

  /** Brings the player's gain in line with the volume setting. */
  applyVolume(): void {
    this.#stages.player.setGain(this.#stages.speaking().volumeRatio * (this.#ducked ? TURN_TUNING.duckRatio : 1));
  }

  #accept(fact: Fact): void {
    this.#queue.push(fact);
    if (this.#running) return;
    this.#running = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const { state, commands } = step(this.#state, next);
      this.#state = state;
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
        return this.#transcribe(command.key, command.speechEndedAtMs);
      case "respond":
        return this.#respond(command.key, command.text);
      case "announce":
        return this.#startReply(command.key, () => announcement(command.text));
      case "release":
        return this.#release(command.key);
      case "revise":
        this.#dropReply();
        this.#log.revise(command.key.turnId);
        return this.#utterance?.resume(this.#stages.clock.nowMs());
      case "cut":
        return this.#cut(command.key);
      case "complete":
        return this.#complete(command.key);
      case "forget":
        return this.#forget(command.key, command.failure);
      case "close-utterance":
        this.#utterance?.cancel();
        this.#utterance = undefined;
        return this.#endpointer.closeUtterance();
      case "duck":
      case "unduck":
        this.#ducked = command.kind === "duck";
        return this.applyVolume();
      default:
        return assertNever(command);
    }
  }

  #beginTurn({ key, origin, atMs }: Extract<Command, { kind: "begin-turn" }>): void {
    this.#log.begin(key.turnId, origin, atMs === undefined ? {} : { speechStartedAtMs: atMs });
    if (atMs === undefined) return;
    this.#utterance?.cancel();
    this.#utterance = new UtteranceTranscription(this.#stages.transcriber, this.#buffer, atMs, (transcript) => {
      this.#log.change(key.turnId, { transcript });
      this.#observer.changed();
    });
  }

  #transcribe(key: TurnKey, speechEndedAtMs: number): void {
    this.#mark(key, "speechEndedAtMs", speechEndedAtMs);
    void this.#utterance?.pause(speechEndedAtMs).then((text) => {
      if (text.ok) this.#accept({ kind: "transcript-ready", key, text: text.value });
      else this.#accept({ kind: "transcript-failed", key, failure: text.failure });
    });
  }

  #respond(key: TurnKey, text: string): void {
    this.#log.change(key.turnId, { transcript: text, transcriptIsFinal: true });
    if (this.#log.find(key.turnId)?.origin === "spoken") this.#mark(key, "transcriptFinalAtMs");
    const request = { key, text, history: this.#log.history(key.turnId) };
    this.#startReply(key, (signal) => this.#stages.responder.respond(request, signal));
  }

  #startReply(key: TurnKey, parts: (signal: AbortSignal) => AsyncIterable<ReplyPart>): void {
    this.#dropReply();
    const { synthesizer, player, speaking } = this.#stages;
    const reply = new Reply(key, { synthesizer, player, style: speaking }, (event) => this.#onReplyEvent(reply, event));
    this.#reply = reply;
    reply.run(parts).catch((error: unknown) => {
      this.#onReplyEvent(reply, {
        kind: "failure",
        failure: failure("respond-failed", "respond", String(error)),
      });
      this.#onReplyEvent(reply, { kind: "silent" });
    });
  }

  #release(key: TurnKey): void {
    this.#mark(key, "turnDecidedAtMs");
    this.#reply?.release();
  }

  #onReplyEvent(reply: Reply, event: ReplyEvent): void {
    if (reply !== this.#reply) return;
    const { turnId } = reply.key;
    switch (event.kind) {
      case "text":
        this.#mark(reply.key, "firstTokenAtMs");
        this.#log.change(turnId, { reply: event.text });
        break;
      case "sentence":
        this.#mark(reply.key, "firstSentenceAtMs");
        break;
      case "spoken":
        this.#mark(reply.key, "firstPcmAtMs", event.firstPcmAtMs);
        break;
      case "failure":
        this.#log.change(turnId, { failure: event.failure });
        break;
      case "silent":
        return this.#accept({ kind: "reply-finished", key: reply.key });
      default:
        return assertNever(event);
    }
    this.#observer.changed();
  }

  #onPlayerEvent(event: PlayerEvent): void {
    if (event.kind === "output-failed") return this.#observer.failed(event.failure);
    if (event.kind === "finished" && event.generation === this.#cutReply?.generation)
      return this.#endCutReply(this.#cutReply, event);
    const reply = this.#reply;
    if (!reply || event.generation !== reply.generation) return;
    const { key } = reply;
    switch (event.kind) {
      case "audible":
        this.#mark(key, "firstAudibleAtMs", event.atMs);
        return this.#accept({ kind: "audio-started", key });
      case "progress":
        return this.#noteHeard(key, reply.heard(event.positionSamples));
      case "started":
      case "underrun":
        return;
      case "finished":
        this.#logPlayback(reply, event);
        return this.#accept({ kind: "reply-finished", key });
      default:
        return assertNever(event);
    }
  }

  #noteHeard(key: TurnKey, heard: string): void {
    if (this.#log.find(key.turnId)?.heard === heard) return;
    this.#log.change(key.turnId, { heard });
    this.#observer.changed();
  }

  #logPlayback(reply: Reply, event: Extract<PlayerEvent, { kind: "finished" }>): void {
    this.#mark(reply.key, "playbackEndedAtMs", event.atMs);
    const heard = reply.heard(event.positionSamples);
    this.#log.change(reply.key.turnId, {
      heard,
      interrupted: event.flushed,
      player: event.metrics,
    });
  }

  #complete(key: TurnKey): void {
    this.#reply = undefined;
    this.#tellEnded(key);
  }

  /** Silences the reply; the turn ends once the player has said how much of it was heard. */
  #cut(key: TurnKey): void {
    const reply = this.#reply;
    this.#dropReply();
    this.#log.change(key.turnId, { interrupted: true });
    if (reply?.generation === undefined) this.#tellEnded(key);
    else this.#cutReply = reply;
  }

  #endCutReply(reply: Reply, event: Extract<PlayerEvent, { kind: "finished" }>): void {
    this.#cutReply = undefined;
    this.#logPlayback(reply, event);
    this.#tellEnded(reply.key);
    this.#observer.changed();
  }

  #forget(key: TurnKey, failure: Failure | undefined): void {
    this.#dropReply();
    if (!failure) return this.#log.remove(key.turnId);
    this.#log.change(key.turnId, { failure });
    this.#tellEnded(key);
  }

  #tellEnded(key: TurnKey): void {
    const turn = this.#log.find(key.turnId);
    if (turn) this.#observer.turnEnded(turn);
  }

  #dropReply(): void {
    this.#reply?.cancel();
    this.#reply = undefined;
  }

  #mark(key: TurnKey, name: Parameters<TurnLog["mark"]>[1], atMs = this.#stages.clock.nowMs()): void {
    this.#log.mark(key.turnId, name, atMs);
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
            this.#accept({ kind: "deadline-reached", atMs: this.#stages.clock.nowMs() });
          });
  }
}

async function* announcement(text: string): AsyncGenerator<ReplyPart> {
  yield { kind: "text", text };
}

import { assertNever } from "../../src-shared/assert-never.ts";
import { failure, type Failure } from "../../src-shared/failure.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import type { Fact, ReplyLevel } from "./facts.ts";
import type { Clock, PlayerEvent, ReplyPart, StreamPlayer, Synthesizer, TurnKey } from "./ports.ts";
import { Reply, type ReplyEvent, type SpeakingStyle } from "./reply.ts";
import { latestWords, spokenByNow } from "./spoken-words.ts";
import type { TurnLog } from "./turn-log.ts";
import { TURN_TUNING } from "./turn-tuning.ts";

/** The stages that speak. */
export interface VoiceStages {
  readonly clock: Clock;
  readonly synthesizer: Synthesizer;
  readonly player: StreamPlayer;
  readonly speaking: () => SpeakingStyle & { readonly volumeRatio: number };
}

/** Who is told how the reply goes. */
export interface VoiceListener {
  readonly tell: (fact: Fact) => void;
  readonly changed: () => void;
  /** A turn is over and will not change any more. */
  readonly ended: (turnId: number) => void;
  readonly failed: (failure: Failure) => void;
}

const ACKNOWLEDGEMENT = "One moment.";

/**
 * The speaking half of the runner: makes replies, has them heard, held or cut, and writes what was heard into the log. One reply at a
 * time. Main thread; synthesis and playback have threads of their own.
 */
export class Voice {
  readonly #stages: VoiceStages;
  readonly #log: TurnLog;
  readonly #listener: VoiceListener;
  #reply: Reply | undefined;
  /** Replies that were cut and whose last heard sample the player is about to report, by their generations. */
  readonly #cutReplies = new Map<number, Reply>();
  #level: ReplyLevel = "normal";
  #lastSpoken: { readonly turnId: number; readonly endedAtMs: number } | undefined;
  #acknowledgedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(stages: VoiceStages, log: TurnLog, listener: VoiceListener) {
    this.#stages = stages;
    this.#log = log;
    this.#listener = listener;
    stages.player.onEvent((event) => this.#onPlayerEvent(event));
    this.applyVolume();
  }

  /** Makes a reply out of its parts, silently until {@link release}. */
  start(key: TurnKey, parts: (signal: AbortSignal) => AsyncIterable<ReplyPart>): void {
    this.drop();
    const { synthesizer, player, speaking } = this.#stages;
    const reply = new Reply(key, { synthesizer, player, style: speaking }, (event) => this.#onReplyEvent(reply, event));
    this.#reply = reply;
    reply.setHeld(this.#level === "held");
    reply.run(parts).catch((error: unknown) => {
      this.#onReplyEvent(reply, { kind: "failure", failure: failure("respond-failed", "respond", String(error)) });
      this.#onReplyEvent(reply, { kind: "silent" });
    });
  }

  /** The reply may be heard. */
  release(): void {
    this.#reply?.release();
  }

  /** Says that the reply takes its time. */
  acknowledge(): void {
    this.#reply?.acknowledge(ACKNOWLEDGEMENT);
  }

  /** Ducks or holds what is heard, or lets it go on. */
  setLevel(level: ReplyLevel): void {
    this.#level = level;
    this.applyVolume();
    this.#reply?.setHeld(level === "held");
  }

  /** Brings the player's gain in line with the volume setting. */
  applyVolume(): void {
    const ratio = this.#level === "normal" ? 1 : TURN_TUNING.duckRatio;
    this.#stages.player.setGain(this.#stages.speaking().volumeRatio * ratio);
  }

  /** Silences the reply; the turn ends once the player has said how much of it was heard. */
  cut(key: TurnKey): void {
    const reply = this.#reply;
    this.drop();
    this.#log.change(key.turnId, { interrupted: true });
    if (reply?.generation === undefined) this.#listener.ended(key.turnId);
    else this.#cutReplies.set(reply.generation, reply);
  }

  /** The reply was given as far as it will be. */
  complete(key: TurnKey): void {
    this.#reply = undefined;
    this.#listener.ended(key.turnId);
  }

  /** Ends what is being made or heard. */
  drop(): void {
    if (this.#reply?.saysAside) this.#acknowledgedUntilMs = this.#stages.clock.nowMs();
    this.#reply?.cancel();
    this.#reply = undefined;
  }

  /** The last words heard of the reply that sounded at `atMs` or shortly before; empty when it was quiet. */
  spokenText(atMs: number): string {
    const before = this.#log.find(this.#recentlySpokenTurnId(atMs))?.heard ?? "";
    const aside = this.#mayEchoAside(atMs) ? ACKNOWLEDGEMENT : "";
    const audible = this.#audibleTurn;
    return latestWords(`${before} ${aside} ${audible ? spokenByNow(audible) : ""}`);
  }

  /** Whether something of the assistant's voice may be heard at `atMs`. */
  mayEcho(atMs: number): boolean {
    return (
      this.#audibleTurn !== undefined || this.#mayEchoAside(atMs) || this.#recentlySpokenTurnId(atMs) !== undefined
    );
  }

  /** The turn whose reply is being heard. */
  get #audibleTurn(): TurnView | undefined {
    const turn = this.#log.find(this.#reply?.key.turnId);
    return turn?.marks.firstAudibleAtMs === undefined ? undefined : turn;
  }

  #mayEchoAside(atMs: number): boolean {
    return this.#reply?.saysAside === true || atMs < this.#acknowledgedUntilMs + TURN_TUNING.echoTailMs;
  }

  /** The turn whose reply ended so short a time before `atMs` that its echo may still be heard. */
  #recentlySpokenTurnId(atMs: number): number | undefined {
    const ended = this.#lastSpoken;
    return ended && atMs < ended.endedAtMs + TURN_TUNING.echoTailMs ? ended.turnId : undefined;
  }

  #onReplyEvent(reply: Reply, event: ReplyEvent): void {
    if (reply !== this.#reply) return;
    const { key } = reply;
    switch (event.kind) {
      case "text": {
        const isFirst = this.#log.find(key.turnId)?.marks.firstTokenAtMs === undefined;
        this.#mark(key, "firstTokenAtMs");
        this.#log.change(key.turnId, { reply: event.text });
        if (isFirst) this.#listener.tell({ kind: "reply-begun", key, isUnderstood: event.isUnderstood });
        break;
      }
      case "acted":
        return this.#listener.tell({ kind: "reply-acted", key });
      case "sentence":
        this.#mark(key, "firstSentenceAtMs");
        break;
      case "spoken":
        this.#mark(key, "firstPcmAtMs", event.firstPcmAtMs);
        break;
      case "failure":
        this.#log.change(key.turnId, { failure: event.failure });
        break;
      case "silent":
        return this.#listener.tell({ kind: "reply-finished", key, asksBack: false });
      default:
        return assertNever(event);
    }
    this.#listener.changed();
  }

  #onPlayerEvent(event: PlayerEvent): void {
    if (event.kind === "output-failed") return this.#listener.failed(event.failure);
    const cut = this.#cutReplies.get(event.generation);
    if (cut && event.kind === "finished") return this.#endCutReply(cut, event);
    const reply = this.#reply;
    if (event.kind === "finished" && reply?.playbackEnded(event.generation)) this.#acknowledgedUntilMs = event.atMs;
    if (!reply || event.generation !== reply.generation) return;
    const { key } = reply;
    switch (event.kind) {
      case "audible":
        this.#mark(key, "firstAudibleAtMs", event.atMs);
        return this.#listener.tell({ kind: "audio-started", key });
      case "progress":
        return this.#noteHeard(key, reply.heard(event.positionSamples));
      case "started":
      case "underrun":
        return;
      case "finished":
        this.#logPlayback(reply, event);
        return this.#listener.tell({ kind: "reply-finished", key, asksBack: reply.text.trimEnd().endsWith("?") });
      default:
        return assertNever(event);
    }
  }

  #noteHeard(key: TurnKey, heard: string): void {
    if (this.#log.find(key.turnId)?.heard === heard) return;
    this.#log.change(key.turnId, { heard });
    this.#listener.changed();
  }

  #logPlayback(reply: Reply, event: Extract<PlayerEvent, { kind: "finished" }>): void {
    const { turnId } = reply.key;
    this.#mark(reply.key, "playbackEndedAtMs", event.atMs);
    const heard = reply.heard(event.positionSamples);
    this.#log.change(turnId, { heard, interrupted: event.flushed, player: event.metrics });
    if (heard !== "") this.#lastSpoken = { turnId, endedAtMs: event.atMs };
  }

  #endCutReply(reply: Reply, event: Extract<PlayerEvent, { kind: "finished" }>): void {
    this.#cutReplies.delete(event.generation);
    this.#logPlayback(reply, event);
    this.#listener.ended(reply.key.turnId);
    this.#listener.changed();
  }

  #mark(key: TurnKey, name: Parameters<TurnLog["mark"]>[1], atMs = this.#stages.clock.nowMs()): void {
    this.#log.mark(key.turnId, name, atMs);
  }
}

import { finiteSamples } from "../../src-shared/clean-samples.ts";
import type { MicrophoneFrame } from "../../src-shared/assistant-contract.ts";
import { CAPTURE_FRAME_SAMPLES, PLAYBACK_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import type { ConversationChoice } from "../../src-shared/conversation-choice.ts";
import { failure, succeeded, type Failure, type Outcome } from "../../src-shared/failure.ts";
import type { Settings } from "../../src-shared/settings.ts";
import type { AssistantState, TurnView } from "../../src-shared/turn-view.ts";
import type { Clock, PlayerEvent } from "../turn/ports.ts";
import type { ConversationEngine, ConversationOutput, ConversationState } from "../wire/conversation-engine.ts";
import { latestWords, spokenByNow } from "../turn/spoken-words.ts";
import { TURN_TUNING } from "../turn/turn-tuning.ts";
import { DuplexEar } from "./duplex-ear.ts";
import { DuplexLog } from "./duplex-log.ts";
import { isVoice, LiveSpeech, type LivePlayer } from "./live-speech.ts";
import type { PhraseStages } from "./phrase-ear.ts";

/** Starts the engine that was chosen; undefined for our own conversation. */
export type OpenConversationEngine = (
  choice: ConversationChoice,
  output: ConversationOutput,
  onState: (state: ConversationState) => void,
) => ConversationEngine | undefined;

/** What a {@link DuplexConversation} works with. */
export interface DuplexParts {
  readonly clock: Clock;
  readonly player: LivePlayer;
  readonly open: OpenConversationEngine;
  /** What hears the stop phrases and the wake phrase. */
  readonly ear: PhraseStages;
  readonly settings: () => Pick<Settings, "conversation" | "useEmbeddedOnFailure" | "mode" | "wakePhrase">;
}

/** What else is known of a frame that is overheard. */
export interface OverhearContext {
  /** Echo may be in it. */
  readonly guarded: boolean;
  /** The reply that our own conversation gives meanwhile. */
  readonly ownReply: TurnView | undefined;
}

/** Who is told what comes of it. */
export interface DuplexListener {
  /** The state, the problem or an entry changed. */
  changed(): void;
  /** An entry is over. Its `heard` may still grow. */
  turnEnded(turn: TurnView): void;
  /** The user said a stop phrase: whoever speaks is to be silent. */
  stopSaid(): void;
  failed(failure: Failure): void;
}

/** One run of an engine, from being chosen to being replaced. */
interface Session {
  readonly engine: ConversationEngine;
  state: ConversationState;
}

/** Text after such a silence is a new entry. */
const ENTRY_GAP_MS = 1_500;
/** Pauses within speech are shorter. */
const SPEECH_GAP_MS = 600;

/**
 * A conversation that another engine holds where the user chose one: it hears the microphone, its sound is played as one long reply, and its
 * text is shown in entries. Turn-taking is its own. Main thread; never blocks.
 */
export class DuplexConversation {
  readonly #parts: DuplexParts;
  readonly #speech: LiveSpeech;
  readonly #ear: DuplexEar;
  readonly #log = new DuplexLog();
  readonly #closing = new Set<Promise<void>>();
  #listener: DuplexListener = {
    changed: () => undefined,
    turnEnded: () => undefined,
    stopSaid: () => undefined,
    failed: () => undefined,
  };
  #choice: string | undefined;
  #session: Session | undefined;
  #decided = Promise.withResolvers<void>();
  #isPaused = false;
  #isSounding = false;
  #audibleUntilMs = Number.NEGATIVE_INFINITY;
  #ownReply: TurnView | undefined;
  #leftOutSamples = 0;
  #cancelEntryEnd: (() => void) | undefined;
  #cancelSoundEnd: (() => void) | undefined;

  constructor(parts: DuplexParts) {
    this.#parts = parts;
    const nowMs = () => parts.clock.nowMs();
    this.#ear = new DuplexEar(
      { stages: parts.ear, settings: parts.settings, nowMs },
      {
        isAudible: () => this.#isAudible,
        spokenText: () => this.#spokenText,
        stopSaid: () => this.#listener.stopSaid(),
        addressed: () => this.#speech.endHush(),
        changed: () => this.#listener.changed(),
        failed: (reason) => this.#listener.failed(reason),
      },
    );
    this.#speech = new LiveSpeech(parts.player, nowMs, () => this.#ear.isOpen);
    parts.player.onEvent((event) => this.#onPlayerEvent(event));
  }

  /** Tells this one from now on. */
  listen(listener: DuplexListener): void {
    this.#listener = listener;
  }

  /** Takes up a change of the settings at once. An engine that has failed is started anew where `again` says so. */
  follow(again = false): void {
    const { conversation } = this.#parts.settings();
    const choice = JSON.stringify(conversation);
    if (choice === this.#choice && !(again && this.#state?.kind === "failed")) return;
    this.#choice = choice;
    this.#release();
    this.#open(conversation);
    this.#listener.changed();
  }

  /** Resolves once the chosen engine is ready, or our own takes its place; at once where there is none. Code: engine-unusable. */
  async decided(): Promise<Outcome<null>> {
    if (this.#session) await this.#decided.promise;
    const { state, problem } = this;
    return state === "failed" && problem ? { ok: false, failure: problem } : succeeded(null);
  }

  /** Whether another engine gets the microphone: one is chosen, and our own does not stand in for it. */
  get isHolding(): boolean {
    return this.#session !== undefined && !this.#isReplaced;
  }

  /** What it is doing; undefined while it does not hold the conversation. */
  get state(): AssistantState | undefined {
    const state = this.#state;
    if (!state || this.#isReplaced) return undefined;
    if (state.kind === "failed") return "failed";
    if (state.kind !== "ready") return "starting";
    const { state: heard } = this.#ear;
    return this.#isSounding && heard !== "hearing" ? "speaking" : heard;
  }

  /** What does not work as chosen. Codes: engine-replaced, engine-unusable, conversation-interrupted. */
  get problem(): Failure | undefined {
    const state = this.#state;
    if (state?.kind !== "failed" && state?.kind !== "interrupted") return undefined;
    const detail = `conversation: ${state.failure.detail} (${state.failure.code})`;
    if (state.kind === "interrupted") return failure("conversation-interrupted", "wire", detail, true);
    return failure(this.#isReplaced ? "engine-replaced" : "engine-unusable", "wire", detail, true);
  }

  /** What it said, oldest first. */
  get entries(): readonly TurnView[] {
    return this.#log.entries;
  }

  /**
   * The microphone: frames of CAPTURE_FRAME_SAMPLES; others are left out, and what is no number is silence. What is not meant for the engine
   * is silence to it.
   */
  hear({ pcm }: MicrophoneFrame): void {
    if (this.#isPaused || pcm.length !== CAPTURE_FRAME_SAMPLES) return;
    this.#session?.engine.hear(this.#ear.pass(finiteSamples(pcm)));
  }

  /** The microphone at 16 kHz, for the phrases that count although another engine holds the conversation. Never blocks. */
  overhear(pcm16: Float32Array, endedAtMs: number, { guarded, ownReply }: OverhearContext): void {
    if (this.#isPaused) return;
    this.#ownReply = ownReply;
    void this.#ear.overhear(pcm16, endedAtMs, guarded && this.#isAudible);
  }

  /** Whether the user holds the talk key, which in some modes decides what the engine hears. */
  setTalkKey(isHeld: boolean): void {
    this.#ear.setTalkKey(isHeld);
  }

  /**
   * Silence at once, and until it has paused by itself while the microphone is open to it, or the user speaks to it again: it does not know
   * that it is to stop.
   */
  stop(): void {
    if (!this.isHolding) return;
    if (this.#isSounding) this.#log.interrupt();
    this.#ear.fallAsleep();
    this.#speech.hush();
    this.#endSound();
  }

  /** Paused, it hears nothing and is not heard. */
  setPaused(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.#speech.setPaused(isPaused);
  }

  /** Ends the conversation. The player is not closed. */
  async close(): Promise<void> {
    this.#release();
    await Promise.all(this.#closing);
  }

  get #state(): ConversationState | undefined {
    return this.#session?.state;
  }

  get #isAudible(): boolean {
    const isHeard = this.#parts.clock.nowMs() < this.#audibleUntilMs || this.#ownReply !== undefined;
    return isHeard || (this.#speech.isHushed && this.#ear.isOpen);
  }

  get #spokenText(): string {
    const said = [this.entries.at(-1), this.#ownReply];
    return latestWords(said.map((turn) => (turn ? spokenByNow(turn) : "")).join(" "));
  }

  /** It failed, and our own conversation takes its place. */
  get #isReplaced(): boolean {
    return this.#state?.kind === "failed" && this.#parts.settings().useEmbeddedOnFailure;
  }

  #open(choice: ConversationChoice): void {
    this.#decided = Promise.withResolvers();
    // What an engine still says after another one was chosen is nobody's.
    let session: Session | undefined;
    const ifCurrent = (act: () => void): void => {
      if (session && session === this.#session) act();
    };
    const engine = this.#parts.open(
      choice,
      {
        write: (pcm) => ifCurrent(() => this.#play(pcm)),
        text: (piece) => ifCurrent(() => this.#say(piece)),
      },
      (state) => ifCurrent(() => this.#enter(state)),
    );
    if (engine) session = { engine, state: { kind: "starting" } };
    this.#session = session;
  }

  #release(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#endEntry();
    this.#endSound();
    this.#ear.fallAsleep();
    if (!session) return;
    this.#decided.resolve();
    this.#speech.reset();
    const closing = session.engine.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #enter(state: ConversationState): void {
    const session = this.#session as Session;
    // While it starts again, it is still shown why.
    const isRestart = state.kind === "starting" && session.state.kind === "interrupted";
    if (!isRestart) session.state = state;
    if (state.kind === "ready" || state.kind === "failed") this.#decided.resolve();
    this.#listener.changed();
  }

  #play(pcm: Float32Array): void {
    const { clock } = this.#parts;
    const leftOut = this.#speech.write(pcm);
    if (leftOut > 0) this.#noteLeftOut(leftOut);
    if (!isVoice(pcm) || !this.#speech.position) return;
    this.#ear.stayAwake();
    this.#audibleUntilMs = clock.nowMs() + TURN_TUNING.echoTailMs;
    this.#cancelSoundEnd?.();
    this.#cancelSoundEnd = clock.schedule(clock.nowMs() + SPEECH_GAP_MS, () => this.#endSound());
    if (this.#isSounding) return;
    this.#isSounding = true;
    this.#listener.changed();
  }

  #say(piece: string): void {
    if (piece === "") return;
    const { clock } = this.#parts;
    const nowMs = clock.nowMs();
    this.#cancelEntryEnd?.();
    this.#cancelEntryEnd = clock.schedule(nowMs + ENTRY_GAP_MS, () => this.#endEntry());
    const ended = this.#log.say(piece, this.#speech.position, nowMs);
    if (ended) this.#listener.turnEnded(ended);
    this.#listener.changed();
  }

  #noteLeftOut(samples: number): void {
    this.#leftOutSamples += samples;
    const detail = `${Math.round(samplesToMs(this.#leftOutSamples, PLAYBACK_RATE_HZ))} ms in all`;
    const { clock } = this.#parts;
    this.#log.fail(failure("speech-left-out", "play", detail), clock.nowMs());
    this.#cancelEntryEnd ??= clock.schedule(clock.nowMs() + ENTRY_GAP_MS, () => this.#endEntry());
    this.#listener.changed();
  }

  #endEntry(): void {
    this.#cancelEntryEnd?.();
    this.#cancelEntryEnd = undefined;
    const ended = this.#log.end();
    if (ended) this.#listener.turnEnded(ended);
  }

  #endSound(): void {
    this.#cancelSoundEnd?.();
    this.#cancelSoundEnd = undefined;
    if (!this.#isSounding) return;
    this.#isSounding = false;
    this.#listener.changed();
  }

  #onPlayerEvent(event: PlayerEvent): void {
    if (event.kind !== "progress" && event.kind !== "finished") return;
    const { generation, positionSamples: sample } = event;
    if (event.kind === "finished") this.#speech.noteEnd(generation);
    const isNews =
      event.kind === "finished" ? this.#log.played({ generation, sample }) : this.#log.heard({ generation, sample });
    if (isNews) this.#listener.changed();
  }
}

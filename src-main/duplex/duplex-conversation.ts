import type { MicrophoneFrame } from "../../src-shared/assistant-contract.ts";
import { CAPTURE_FRAME_SAMPLES, PLAYBACK_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import type { ConversationChoice } from "../../src-shared/conversation-choice.ts";
import { failure, succeeded, type Failure, type Outcome } from "../../src-shared/failure.ts";
import type { Settings } from "../../src-shared/settings.ts";
import type { AssistantState, TurnView } from "../../src-shared/turn-view.ts";
import type { Clock, PlayerEvent } from "../turn/ports.ts";
import type { ConversationEngine, ConversationOutput, ConversationState } from "../wire/conversation-engine.ts";
import { DuplexLog } from "./duplex-log.ts";
import { isVoice, LiveSpeech, type LivePlayer } from "./live-speech.ts";

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
  readonly settings: () => Pick<Settings, "conversation" | "useEmbeddedOnFailure">;
}

/** Who is told what comes of it. */
export interface DuplexListener {
  /** The state, the problem or an entry changed. */
  changed(): void;
  /** An entry is over. Its `heard` may still grow. */
  turnEnded(turn: TurnView): void;
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
  readonly #log = new DuplexLog();
  readonly #closing = new Set<Promise<void>>();
  #listener: DuplexListener = { changed: () => undefined, turnEnded: () => undefined };
  #choice: string | undefined;
  #session: Session | undefined;
  #decided = Promise.withResolvers<void>();
  #isPaused = false;
  #isSounding = false;
  #leftOutSamples = 0;
  #cancelEntryEnd: (() => void) | undefined;
  #cancelSoundEnd: (() => void) | undefined;

  constructor(parts: DuplexParts) {
    this.#parts = parts;
    this.#speech = new LiveSpeech(parts.player, () => parts.clock.nowMs());
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
    return this.#isSounding ? "speaking" : "listening";
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

  /** The microphone. Frames of another shape are left out, and what is no number is silence. */
  hear({ pcm }: MicrophoneFrame): void {
    if (this.#isPaused || pcm.length !== CAPTURE_FRAME_SAMPLES) return;
    const isSound = pcm.every(Number.isFinite);
    this.#session?.engine.hear(isSound ? pcm : pcm.map((sample) => (Number.isFinite(sample) ? sample : 0)));
  }

  /** Silence at once, and until it has paused by itself: it does not know that it is to stop. */
  stop(): void {
    if (this.isHolding) this.#speech.hush();
  }

  /** Paused, it hears nothing and is not heard. */
  setPaused(isPaused: boolean): void {
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

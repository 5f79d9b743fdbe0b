import type { Failure } from "../../src-shared/failure.ts";
import type { Settings } from "../../src-shared/settings.ts";
import type { OverheardWords } from "../turn/attention.ts";
import { TURN_TUNING } from "../turn/turn-tuning.ts";
import { isRepeated } from "../turn/words/is-echo.ts";
import { judgeInterruption } from "../turn/words/judge-interruption.ts";
import { isStopOnly } from "../turn/words/stop-phrases.ts";
import { stripWakePhrase } from "../turn/words/wake-phrase.ts";
import { PhraseEar, type PhraseInterest, type PhraseStages } from "./phrase-ear.ts";

/** What a {@link DuplexEar} works with. */
export interface DuplexEarParts {
  readonly stages: PhraseStages;
  readonly settings: () => Pick<Settings, "mode" | "wakePhrase">;
  readonly nowMs: () => number;
}

/** Who is told what was heard. */
export interface DuplexEarListener {
  /** Whether words matter: something is said to the user, was until just now, or was stopped and goes on once the user speaks. */
  isAudible(): boolean;
  /** What was said to the user lately. */
  spokenText(): string;
  /** Whoever speaks is to be silent. */
  stopSaid(): void;
  /** The user speaks to the engine. */
  addressed(): void;
  /** The state is another one. */
  changed(): void;
  failed(failure: Failure): void;
}

/** Who the engine hears: anybody, nobody before a key is held or the wake phrase is said, or the user who holds the key. */
export type DuplexEarState = "listening" | "ready" | "asleep" | "hearing";

/**
 * What of the microphone another engine hears: all of it, what is said while a key is held, or what is said from the wake phrase on, until
 * nobody has spoken for 8 s. Beside it the stop phrases, which count in every mode, and the wake phrase.
 */
export class DuplexEar {
  readonly #parts: DuplexEarParts;
  readonly #listener: DuplexEarListener;
  readonly #phrases: PhraseEar;
  #isKeyHeld = false;
  #calledUntilMs = Number.NEGATIVE_INFINITY;
  #shownState: DuplexEarState = "listening";

  constructor(parts: DuplexEarParts, listener: DuplexEarListener) {
    this.#parts = parts;
    this.#listener = listener;
    this.#phrases = new PhraseEar(parts.stages, {
      interest: () => this.#interest,
      said: (words) => this.#judge(words),
      spokeLong: () => this.#noteAddress(),
      failed: (reason) => listener.failed(reason),
    });
  }

  get state(): DuplexEarState {
    const { mode } = this.#parts.settings();
    if (mode === "hands-free") return "listening";
    if (this.#isKeyHeld) return "hearing";
    if (mode === "push-to-talk") return "ready";
    return this.#parts.nowMs() < this.#calledUntilMs ? "listening" : "asleep";
  }

  /** Whether the engine hears the microphone. */
  get isOpen(): boolean {
    return this.state === "listening" || this.state === "hearing";
  }

  /** What the engine hears of a frame: the frame, or silence of its length. */
  pass(pcm: Float32Array): Float32Array {
    if (this.#phrases.isSpeech) this.stayAwake();
    this.#show();
    return this.isOpen ? pcm : new Float32Array(pcm.length);
  }

  /** One frame of 512 samples at 16 kHz, and the time just after its last sample. `guarded`: echo may be in it. */
  async overhear(pcm16: Float32Array, endedAtMs: number, guarded: boolean): Promise<void> {
    await this.#phrases.hear(pcm16, endedAtMs, guarded);
  }

  /** Whether the user holds the talk key. */
  setTalkKey(isHeld: boolean): void {
    this.#isKeyHeld = isHeld;
    if (isHeld) this.#listener.addressed();
    this.#show();
  }

  /** Somebody speaks: who was called goes on hearing. */
  stayAwake(): void {
    if (this.isOpen) this.#wake();
  }

  /** The wake phrase is needed again. */
  fallAsleep(): void {
    this.#calledUntilMs = Number.NEGATIVE_INFINITY;
  }

  get #interest(): PhraseInterest {
    if (this.state === "asleep") return "at-once";
    return this.#listener.isAudible() ? "at-pauses" : "none";
  }

  /** Whether it was a phrase that counts. */
  #judge(words: OverheardWords): boolean {
    const spokenText = this.#listener.spokenText();
    const verdict = judgeInterruption({ ...words, spokenText });
    const isStop = verdict === "stop" && isStopOnly(words.text) && !isRepeated(words.text, spokenText);
    const isCall =
      this.state === "asleep" && stripWakePhrase(words.text, this.#parts.settings().wakePhrase) !== undefined;
    // Called by its name, whoever speaks makes room.
    if ((isStop || isCall) && this.#listener.isAudible()) this.#listener.stopSaid();
    if (isCall) this.#wake();
    if (!isStop && !isCall && (verdict === "stop" || verdict === "interruption")) this.#noteAddress();
    return isStop || isCall;
  }

  #wake(): void {
    this.#calledUntilMs = this.#parts.nowMs() + TURN_TUNING.calledFollowUpMs;
    this.#show();
  }

  #noteAddress(): void {
    if (this.isOpen) this.#listener.addressed();
  }

  #show(): void {
    const { state } = this;
    if (state === this.#shownState) return;
    this.#shownState = state;
    this.#listener.changed();
  }
}

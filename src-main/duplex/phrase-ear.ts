import type { Failure } from "../../src-shared/failure.ts";
import { Attention, type OverheardWords } from "../turn/attention.ts";
import { Endpointer, type SpeechEvent } from "../turn/endpointer.ts";
import type { Transcriber, VoiceDetector } from "../turn/ports.ts";
import { TURN_TUNING } from "../turn/turn-tuning.ts";
import { UtteranceBuffer } from "../turn/utterance-buffer.ts";

/** What a {@link PhraseEar} hears with. */
export interface PhraseStages {
  readonly detector: VoiceDetector;
  readonly transcriber: Transcriber;
}

/** When words matter: not at all, when they pause, or while they are said as well. */
export type PhraseInterest = "none" | "at-pauses" | "at-once";

/** Who is told what was said. */
export interface PhraseListener {
  /** Asked when somebody begins to speak. */
  interest(): PhraseInterest;
  /** What was said since then, again and again. Whether nothing more of it matters. */
  said(words: OverheardWords): boolean;
  /** Somebody speaks for longer than any phrase takes. */
  spokeLong(): void;
  failed(failure: Failure): void;
}

/** Nobody takes longer for a phrase, and longer speech is not recognized. */
const LONGEST_PHRASE_MS = 2_000;
const KEPT_MS = 4_000;

/**
 * Hears short phrases beside a conversation that somebody else holds. Only what is of interest, and not longer than 2 s, is recognized.
 * Main thread; the work is done in the engines' threads.
 */
export class PhraseEar {
  readonly #stages: PhraseStages;
  readonly #listener: PhraseListener;
  readonly #endpointer = new Endpointer();
  readonly #buffer = new UtteranceBuffer(KEPT_MS);
  #attention: Attention | undefined;
  #isAtOnce = false;
  #startedAtMs = 0;
  #pausedAtMs: number | undefined;

  constructor(stages: PhraseStages, listener: PhraseListener) {
    this.#stages = stages;
    this.#listener = listener;
  }

  /** Whether somebody speaks right now. */
  get isSpeech(): boolean {
    return this.#endpointer.isSpeech;
  }

  /** One frame of 512 samples at 16 kHz, and the time just after its last sample. `guarded`: echo may be in it. */
  async hear(frame: Float32Array, endedAtMs: number, guarded: boolean): Promise<void> {
    this.#buffer.append(frame, endedAtMs);
    const probability = await this.#stages.detector.detect(frame);
    if (!probability.ok) return this.#listener.failed(probability.failure);
    const event = this.#endpointer.accept(probability.value, endedAtMs, guarded);
    if (event) this.#note(event);
    if (this.isSpeech) this.#whileSpeaking(endedAtMs);
    else this.#whilePaused(endedAtMs);
  }

  #note(event: SpeechEvent): void {
    switch (event.kind) {
      case "speech-started":
        return this.#begin(event.atMs);
      case "speech-paused":
        this.#pausedAtMs = event.speechEndedAtMs;
        return this.#attention?.pause(event.speechEndedAtMs);
      case "speech-resumed":
        this.#pausedAtMs = undefined;
        return this.#attention?.resume();
    }
  }

  #begin(atMs: number): void {
    const interest = this.#listener.interest();
    this.#startedAtMs = atMs;
    this.#isAtOnce = interest === "at-once";
    this.#attention = interest === "none" ? undefined : this.#attend(atMs);
  }

  #attend(atMs: number): Attention {
    const attention = new Attention(this.#stages.transcriber, this.#buffer, atMs, (words) => {
      if (!this.#listener.said(words)) return;
      attention.cancel();
      if (attention === this.#attention) this.#attention = undefined;
    });
    return attention;
  }

  #whileSpeaking(endedAtMs: number): void {
    if (endedAtMs - this.#startedAtMs > LONGEST_PHRASE_MS) {
      this.#attention?.cancel();
      this.#attention = undefined;
      this.#listener.spokeLong();
    } else if (this.#isAtOnce) this.#attention?.hear(endedAtMs, true);
  }

  #whilePaused(endedAtMs: number): void {
    if (this.#pausedAtMs === undefined) return;
    this.#attention?.hear(endedAtMs, false);
    if (endedAtMs < this.#pausedAtMs + TURN_TUNING.attendTailMs) return;
    this.#pausedAtMs = undefined;
    this.#attention = undefined;
    this.#endpointer.closeUtterance();
  }
}

import type { Failure } from "../../src-shared/failure.ts";
import { Attention, type OverheardWords } from "./attention.ts";
import { Endpointer } from "./endpointer.ts";
import type { Fact } from "./facts.ts";
import type { Clock, EndOfTurnPredictor, Transcriber, TurnKey, VoiceDetector } from "./ports.ts";
import { isGuess } from "./words/transcript-confidence.ts";
import { UtteranceBuffer } from "./utterance-buffer.ts";
import { UtteranceTranscription, type PausedUtterance } from "./utterance-transcription.ts";

/** The stages that hear. */
export interface EarStages {
  readonly detector: VoiceDetector;
  readonly transcriber: Transcriber;
  readonly predictor: EndOfTurnPredictor;
  readonly clock: Clock;
}

/** Who is told what was heard. */
export interface EarListener {
  readonly tell: (fact: Fact) => void;
  /** Words so far of the user's turn. */
  readonly partial: (key: TurnKey, text: string) => void;
  readonly failed: (failure: Failure) => void;
  /** What the assistant said shortly before `atMs` or since; empty when it was quiet. */
  readonly spokenText: (atMs: number) => string;
}

/** No microphone that works is later than this. */
const LATEST_SOUND_MS = 250;

/**
 * The hearing half of the runner: from microphone frames to speech events, transcripts and words over a reply. Main thread; the work is
 * done in the engines' threads.
 */
export class Ear {
  readonly #stages: EarStages;
  readonly #listener: EarListener;
  readonly #endpointer = new Endpointer();
  readonly #buffer = new UtteranceBuffer();
  #heardUntilMs = 0;
  #utterance: UtteranceTranscription | undefined;
  /** The utterance that was closed last, in case its turn is opened again. */
  #closed: UtteranceTranscription | undefined;
  #startedAtMs = 0;
  #onHeard: (() => void) | undefined;
  /** What was asked for last, unless the user spoke on. */
  #asked: TurnKey | undefined;
  #attention: Attention | undefined;
  #prediction = new AbortController();

  constructor(stages: EarStages, listener: EarListener) {
    this.#stages = stages;
    this.#listener = listener;
  }

  /** One frame of 512 samples at 16 kHz, and the time just after its last sample. `guarded`: echo may be in it. */
  async hear(frame: Float32Array, endedAtMs: number, guarded: boolean): Promise<void> {
    this.#buffer.append(frame, endedAtMs);
    this.#stages.predictor.hear(frame);
    const probability = await this.#stages.detector.detect(frame);
    if (!probability.ok) return this.#listener.failed(probability.failure);
    this.#heardUntilMs = endedAtMs;
    this.#onHeard?.();
    const event = this.#endpointer.accept(probability.value, endedAtMs, guarded);
    if (event) this.#listener.tell(event);
    const { isSpeech } = this.#endpointer;
    this.#attention?.hear(endedAtMs, isSpeech);
    if (isSpeech) this.#utterance?.continue(probability.value, endedAtMs);
  }

  /** The user's turn began at `atMs`. */
  begin(key: TurnKey, atMs: number): void {
    this.#dropAttention();
    this.#utterance?.cancel();
    this.#closed?.cancel();
    this.#closed = undefined;
    this.#startedAtMs = atMs;
    this.#stages.predictor.begin();
    this.#utterance = new UtteranceTranscription(this.#stages.transcriber, this.#buffer, atMs, (text) =>
      this.#listener.partial(key, text),
    );
  }

  /** The user's turn, which was closed, goes on: at `atMs`, or with what was attended to. */
  reopen(atMs: number): void {
    const resumedAtMs = this.#attention?.startedAtMs ?? atMs;
    this.#dropAttention();
    this.#utterance = this.#closed;
    this.#utterance?.resume(resumedAtMs);
  }

  /** The user paused: what was said, and is it all? */
  async transcribe(key: TurnKey, speechEndedAtMs: number): Promise<void> {
    const utterance = this.#utterance;
    this.#asked = key;
    if (speechEndedAtMs > this.#heardUntilMs) await this.#hearUntil(speechEndedAtMs);
    if (utterance !== this.#utterance || key !== this.#asked) return;
    const heard = await utterance?.pause(speechEndedAtMs, this.#heardUntilMs);
    if (!heard || utterance !== this.#utterance) return;
    if (!heard.ok) return this.#listener.tell({ kind: "transcript-failed", key, failure: heard.failure });
    const { last } = heard.value;
    const isNoise = last !== undefined && heard.value.text === last.text && isGuess(last);
    const text = isNoise ? "" : heard.value.text;
    const endProbability = await this.#predictEnd(heard.value);
    const spokenText = this.#listener.spokenText(this.#startedAtMs);
    this.#listener.tell({ kind: "transcript-ready", key, text, endProbability, spokenText });
  }

  /** The user spoke on after a pause. */
  resume(atMs: number): void {
    this.#prediction.abort();
    this.#asked = undefined;
    this.#utterance?.resume(atMs);
  }

  /** Someone speaks over the reply `key` since `atMs`. */
  attend(key: TurnKey, atMs: number): void {
    if (this.#attention) return this.#attention.resume();
    this.#attention = new Attention(this.#stages.transcriber, this.#buffer, atMs, (words: OverheardWords) =>
      this.#listener.tell({ kind: "words-over-reply", key, ...words, spokenText: this.#listener.spokenText(atMs) }),
    );
  }

  attendPause(speechEndedAtMs: number): void {
    this.#attention?.pause(speechEndedAtMs);
  }

  /** Speech from now on is a new utterance. */
  close(): void {
    this.#prediction.abort();
    this.#asked = undefined;
    this.#dropAttention();
    this.#utterance?.rest();
    this.#closed = this.#utterance ?? this.#closed;
    this.#utterance = undefined;
    this.#endpointer.closeUtterance();
  }

  #dropAttention(): void {
    this.#attention?.cancel();
    this.#attention = undefined;
  }

  /** Resolves when the microphone has brought what was said until `atMs`: sound comes later than a key. */
  async #hearUntil(atMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const giveUp = this.#stages.clock.schedule(atMs + LATEST_SOUND_MS, resolve);
    this.#onHeard = () => {
      if (this.#heardUntilMs >= atMs) resolve();
    };
    await promise;
    this.#onHeard = undefined;
    giveUp();
  }

  /** Without a prediction the silence decides: as likely as not. */
  async #predictEnd({ last, pcm, speechEndSample }: PausedUtterance): Promise<number> {
    if (!last || last.text === "") return 0;
    this.#prediction.abort();
    const prediction = new AbortController();
    this.#prediction = prediction;
    try {
      const evidence = { transcript: last, pcm, speechEndSample };
      const predicted = await this.#stages.predictor.predict(evidence, prediction.signal);
      if (predicted.ok) return predicted.value;
      this.#listener.failed(predicted.failure);
    } catch (reason) {
      if (!prediction.signal.aborted) throw reason;
    }
    return 0.5;
  }
}

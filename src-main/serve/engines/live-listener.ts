import {
  CAPTURE_FRAME_SAMPLES,
  FRAME_MS,
  RECOGNITION_FRAME_SAMPLES,
  RECOGNITION_RATE_HZ,
  samplesToMs,
} from "../../../src-shared/audio-format.ts";
import type { DetectorStream } from "../../detect/detect-engine.ts";
import type { WordAligner } from "../../transcribe/soundswallower-aligner.ts";
import { Endpointer } from "../../turn/endpointer.ts";
import type { EndOfTurnPredictor, PauseEvidence } from "../../turn/ports.ts";
import { TURN_TUNING } from "../../turn/turn-tuning.ts";
import type { Listener, ListenerEvent } from "../../wire/served-engines.ts";
import { FrameQueue } from "./frame-queue.ts";
import type { ListeningPace } from "./listening-pace.ts";
import type { SharedTranscriber } from "./shared-transcriber.ts";
import { SpeechStretch, type StretchContext } from "./speech-stretch.ts";

/** What listeners share. */
export interface ListenerEngines {
  readonly transcriber: Pick<SharedTranscriber, "transcribe">;
  readonly aligner: WordAligner;
  readonly pace: ListeningPace;
  readonly predictor: Pick<EndOfTurnPredictor, "predict">;
}

/** Silence that ends a stretch of speech. Long, because the recognizer needs context: who pauses for effect is still in a sentence. */
const PARTING_SILENCE_MS = 2_000;
/** The last sound of a word may be no speech to the detector. */
const WORD_TAIL_MS = 300;
/** Frames sent to the detector at once: a second of audio, after which other streams have their turn. */
const MOST_FRAMES = 32;
const PRE_ROLL_FRAMES = Math.ceil(TURN_TUNING.preRollMs / FRAME_MS);
/** A silence this long makes it two thirds as likely as it can be that the speaker has finished, whatever they said. */
const TELLING_SILENCE_MS = 1_500;

/**
 * Hears one stream. It lives on the clock of its own audio, so a recording that comes at once is heard as fast as the engines can, and with
 * the same words. Audio waits in its own queue until the frames before it were heard, and those until there is room for them in
 * the stretch of speech: memory is bounded, apart from what the writer sends ahead.
 */
export class LiveListener implements Listener {
  readonly #engines: ListenerEngines;
  readonly #detector: DetectorStream;
  readonly #onEvent: (event: ListenerEvent) => void;
  readonly #closed = new AbortController();
  readonly #queue = new FrameQueue();
  readonly #endpointer = new Endpointer();
  #preRoll: Float32Array[] = [];
  #stretch: SpeechStretch | undefined;
  /** The stretch before, which may still have words to tell. */
  #before: Promise<void> | undefined;
  #heardMs = 0;
  #speechEndedAtMs: number | undefined;
  /** No stretch begins before: that audio was recognized. */
  #partedAtMs = 0;
  #finishedProbability = 0;
  #isPumping = false;
  #hasFailed = false;

  constructor(engines: ListenerEngines, detector: DetectorStream, onEvent: (event: ListenerEvent) => void) {
    this.#engines = engines;
    this.#detector = detector;
    this.#onEvent = onEvent;
  }

  get bufferedSamples(): number {
    return this.#queue.writtenSamples - (this.#heardMs / FRAME_MS) * CAPTURE_FRAME_SAMPLES;
  }

  write(pcm: Float32Array): void {
    if (this.#closed.signal.aborted) return;
    this.#queue.write(pcm);
    this.#pump();
  }

  flush(): Promise<void> {
    if (this.#closed.signal.aborted) return Promise.resolve();
    const flushed = Promise.withResolvers<void>();
    this.#queue.mark(() => flushed.resolve(this.#finishSpeech()));
    this.#pump();
    return flushed.promise;
  }

  close(): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#detector.close();
    void this.#stretch?.close();
    this.#queue.passMarks();
  }

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    void this.#hearAll();
  }

  async #hearAll(): Promise<void> {
    // What is written in one go is heard in one go, and nothing is told before the writer has returned.
    await Promise.resolve();
    while (!this.#closed.signal.aborted) {
      const frames = this.#queue.take(MOST_FRAMES);
      if (frames.length > 0) await this.#hearFrames(frames);
      else if (!this.#queue.passNextMark()) break;
    }
    this.#isPumping = false;
  }

  async #hearFrames(frames: Float32Array<ArrayBuffer>): Promise<void> {
    const detected = await this.#detector.detect(frames.slice());
    if (!detected.ok && !this.#hasFailed) this.#tell({ kind: "failed", failure: detected.failure });
    this.#hasFailed = !detected.ok;
    for (let start = 0; start < frames.length; start += RECOGNITION_FRAME_SAMPLES) {
      const frame = frames.subarray(start, start + RECOGNITION_FRAME_SAMPLES);
      const probability = detected.ok ? (detected.value[start / RECOGNITION_FRAME_SAMPLES] as number) : 0;
      while (this.#stretch?.isFull && !this.#closed.signal.aborted) await this.#stretch.progress;
      await this.#hear(frame, probability);
      if (this.#closed.signal.aborted) return;
    }
  }

  async #hear(frame: Float32Array, probability: number): Promise<void> {
    this.#heardMs += FRAME_MS;
    const event = this.#endpointer.accept(probability, this.#heardMs);
    if (event?.kind === "speech-started" || event?.kind === "speech-resumed") this.#finishedProbability = 0;
    if (this.#endpointer.isSpeech && probability >= TURN_TUNING.speechOffsetProbability) {
      this.#speechEndedAtMs = this.#heardMs;
    }
    if (event?.kind === "speech-started") this.#begin();
    if (this.#stretch) this.#stretch.append(frame, this.#speechEndedAtMs ?? 0);
    this.#preRoll = [...this.#preRoll.slice(1 - PRE_ROLL_FRAMES), frame];
    const isSpeech = this.#endpointer.isSpeech;
    const silenceMs = this.#heardMs - (this.#speechEndedAtMs ?? 0);
    if (this.#stretch && !isSpeech && silenceMs >= PARTING_SILENCE_MS) {
      const before = this.#before;
      this.#part(this.#heardMs - silenceMs + WORD_TAIL_MS);
      await before;
    }
    this.#tell({
      kind: "heard",
      heardMs: this.#heardMs,
      isSpeech,
      silenceMs,
      endProbability: isSpeech ? 0 : this.#endProbability(silenceMs),
    });
  }

  #endProbability(silenceMs: number): number {
    if (this.#speechEndedAtMs === undefined) return 1;
    return 1 - (1 - this.#finishedProbability) * Math.exp(-silenceMs / TELLING_SILENCE_MS);
  }

  #begin(): void {
    const preRollMs = this.#preRoll.length * FRAME_MS;
    const oldestMs = this.#heardMs - FRAME_MS - preRollMs;
    const startMs = Math.max(oldestMs, this.#partedAtMs);
    const context: StretchContext = {
      transcriber: this.#engines.transcriber,
      aligner: this.#engines.aligner,
      pace: this.#engines.pace,
      signal: this.#closed.signal,
      onWords: (words) => {
        for (const word of words) this.#tell({ kind: "word", word });
      },
      onPause: (evidence) => void this.#judgePause(evidence),
      onFailure: (failure) => this.#tell({ kind: "failed", failure }),
    };
    this.#stretch = new SpeechStretch(context, startMs, this.#before);
    const skipped = Math.round(((startMs - oldestMs) * RECOGNITION_RATE_HZ) / 1000);
    let at = 0;
    for (const frame of this.#preRoll) {
      const from = Math.min(frame.length, Math.max(0, skipped - at));
      if (from < frame.length) this.#stretch.append(frame.subarray(from), startMs);
      at += frame.length;
    }
  }

  /** The stretch of speech is over at `atMs`; the next is a new one. */
  #part(atMs: number): void {
    this.#partedAtMs = atMs;
    this.#before = this.#stretch?.close() ?? this.#before;
    this.#stretch = undefined;
    this.#endpointer.closeUtterance();
  }

  /** All that was written so far has been heard, but for what is less than a frame. Resolves when its words were told. */
  #finishSpeech(): Promise<void> {
    const rest = this.#queue.rest;
    const endMs = this.#heardMs + samplesToMs(rest.length, RECOGNITION_RATE_HZ);
    if (this.#stretch) this.#stretch.append(rest, this.#endpointer.isSpeech ? endMs : 0);
    if (this.#stretch) this.#part(endMs);
    return this.#before ?? Promise.resolve();
  }

  async #judgePause(evidence: PauseEvidence): Promise<void> {
    if (this.#closed.signal.aborted) return;
    const speechEndedAtMs = this.#speechEndedAtMs;
    const predicted = await this.#engines.predictor.predict(evidence, NEVER);
    const isOutdated = this.#endpointer.isSpeech || this.#speechEndedAtMs !== speechEndedAtMs;
    if (predicted.ok && !isOutdated) this.#finishedProbability = predicted.value;
  }

  #tell(event: ListenerEvent): void {
    if (!this.#closed.signal.aborted) this.#onEvent(event);
  }
}

/** Judging a pause is short, and nobody asks for what it said once the listener is closed. */
const NEVER = new AbortController().signal;

import { FRAME_MS, msToSamples, RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import type { Outcome } from "../../src-shared/failure.ts";
import { succeeded } from "../../src-shared/failure.ts";
import type { Transcriber, Transcript } from "./ports.ts";
import { nextShownWords, type ShownWord } from "./stable-partial.ts";
import { TURN_TUNING } from "./turn-tuning.ts";
import type { UtteranceBuffer } from "./utterance-buffer.ts";

/** An utterance up to a pause. */
export interface PausedUtterance {
  /** Of all its segments; empty when no words were heard. */
  readonly text: string;
  /** Of the last segment, which alone is open; undefined when there was too little audio to transcribe. */
  readonly last: Transcript | undefined;
  /**
   * The last segment: mono at RECOGNITION_RATE_HZ, with what was heard of the pause, of which the recognizer may have got 32 ms less.
   */
  readonly pcm: Float32Array;
  /** Where the speech in `pcm` ends, in samples. */
  readonly speechEndSample: number;
}

/** What has been said so far. */
export interface PartialUtterance {
  /** Never loses a word that two hypotheses in a row had. */
  readonly text: string;
  /** From the start of the speech to the end of what was transcribed. */
  readonly speechMs: number;
}

/**
 * The transcript of one utterance while it grows: partial ones while the user speaks, and the final one at every pause, each starting from
 * the tokens of the one before. The first silent frame begins a transcript that is the final one if a pause follows. A long utterance is
 * closed in segments at its pauses (or, without any, where it was quietest), so that the recognizer never gets more than it can bear. One
 * transcription of the open segment runs at a time: a final one stops what runs.
 */
export class UtteranceTranscription {
  readonly #transcriber: Transcriber;
  readonly #buffer: UtteranceBuffer;
  readonly #startedAtMs: number;
  readonly #onPartial: (partial: PartialUtterance) => void;
  readonly #cancelled = new AbortController();
  readonly #closedSegments: Promise<Outcome<Transcript | undefined>>[] = [];
  #segmentStartMs: number;
  #running: AbortController | undefined;
  #early: Pick<Pause, "speechEndedAtMs" | "transcript"> | undefined;
  #paused: Pause | undefined;
  #draftTokens: readonly number[] = [];
  #shown: readonly ShownWord[] = [];
  #nextPartialAtMs: number;
  #quietest = NEVER_QUIET;

  constructor(
    transcriber: Transcriber,
    buffer: UtteranceBuffer,
    startedAtMs: number,
    onPartial: (partial: PartialUtterance) => void,
  ) {
    this.#transcriber = transcriber;
    this.#buffer = buffer;
    this.#startedAtMs = startedAtMs;
    this.#onPartial = onPartial;
    this.#segmentStartMs = startedAtMs - TURN_TUNING.preRollMs;
    this.#nextPartialAtMs = startedAtMs + TURN_TUNING.partialIntervalMs;
  }

  /**
   * The user speaks on: a frame with this speech probability ended at `endedAtMs`. May start a partial transcript, but not where the
   * probability dips without falling silent: the final transcript might have to wait for it.
   */
  continue(probability: number, endedAtMs: number): void {
    const lengthMs = endedAtMs - this.#segmentStartMs;
    if (lengthMs > TURN_TUNING.segmentMs && probability <= this.#quietest.probability) {
      this.#quietest = { atMs: endedAtMs, probability };
    }
    if (lengthMs > TURN_TUNING.longestSegmentMs) {
      const endMs = this.#quietest.atMs;
      this.#closeSegment(endMs, this.#transcribe(this.#slice(endMs)));
    }
    if (probability < TURN_TUNING.speechOffsetProbability) {
      this.#startEarly(endedAtMs);
    } else if (probability >= TURN_TUNING.speechOnsetProbability && endedAtMs >= this.#nextPartialAtMs) {
      if (!this.#running) void this.#showPartial(this.#transcribe(this.#slice(endedAtMs), true), endedAtMs);
    }
  }

  /**
   * The user paused: transcribes what was heard up to `heardUntilMs`, in which the speech ends at `speechEndedAtMs`. Asked for the same end
   * of speech again, it gives the same. Empty when cancelled, or overtaken by a later pause. Codes: transcribe-failed, model-*.
   */
  async pause(speechEndedAtMs: number, heardUntilMs: number): Promise<Outcome<PausedUtterance>> {
    if (this.#paused?.speechEndedAtMs !== speechEndedAtMs) {
      const pcm = this.#slice(heardUntilMs);
      const early = this.#early?.speechEndedAtMs === speechEndedAtMs ? this.#early.transcript : undefined;
      this.#paused = { speechEndedAtMs, heardUntilMs, pcm, transcript: early ?? this.#transcribe(pcm) };
    }
    const { pcm, transcript, heardUntilMs: endMs } = this.#paused;
    const segments = joinSegments(await Promise.all([...this.#closedSegments, transcript]));
    if (!segments.ok) return segments;
    const speechEndSample = Math.max(0, pcm.length - msToSamples(endMs - speechEndedAtMs, RECOGNITION_RATE_HZ));
    return succeeded({ ...segments.value, pcm, speechEndSample });
  }

  /** The user spoke on after a pause. */
  resume(atMs: number): void {
    const paused = this.#paused;
    this.#paused = undefined;
    this.#nextPartialAtMs = atMs + TURN_TUNING.partialIntervalMs;
    if (paused && paused.heardUntilMs - this.#segmentStartMs > TURN_TUNING.segmentMs) {
      this.#closeSegment(paused.heardUntilMs, paused.transcript);
    }
  }

  /** Nothing of this utterance is wanted any more. */
  cancel(): void {
    this.#cancelled.abort();
  }

  #closeSegment(endMs: number, transcript: Promise<Outcome<Transcript | undefined>>): void {
    this.#closedSegments.push(transcript);
    this.#segmentStartMs = endMs;
    this.#running = undefined;
    this.#early = undefined;
    this.#draftTokens = [];
    this.#quietest = NEVER_QUIET;
  }

  /** The frame that ended at `endedAtMs` is the first silent one: what is transcribed now is final if a pause follows. */
  #startEarly(endedAtMs: number): void {
    if (this.#early && endedAtMs < this.#early.speechEndedAtMs + EARLY_INTERVAL_MS) return;
    const transcript = this.#transcribe(this.#slice(endedAtMs));
    this.#early = { speechEndedAtMs: endedAtMs - FRAME_MS, transcript };
    void this.#showPartial(transcript, endedAtMs);
  }

  async #showPartial(transcript: Promise<Outcome<Transcript | undefined>>, endMs: number): Promise<void> {
    this.#nextPartialAtMs = endMs + TURN_TUNING.partialIntervalMs;
    const joined = joinSegments(await Promise.all([...this.#closedSegments, transcript]));
    if (this.#paused || this.#cancelled.signal.aborted) return;
    if (!joined.ok || !joined.value.last || joined.value.text === "") return;
    this.#shown = nextShownWords(this.#shown, joined.value.text);
    const text = this.#shown.map((word) => word.text).join(" ");
    this.#onPartial({ text, speechMs: endMs - this.#startedAtMs });
  }

  #slice(endMs: number): Float32Array {
    return this.#buffer.slice(this.#segmentStartMs, endMs);
  }

  async #transcribe(pcm: Float32Array, isPartial = false): Promise<Outcome<Transcript | undefined>> {
    this.#running?.abort();
    this.#running = undefined;
    if (pcm.length < LEAST_SAMPLES) return succeeded(undefined);
    const running = new AbortController();
    this.#running = running;
    const signal = AbortSignal.any([this.#cancelled.signal, running.signal]);
    const request = { pcm, draftTokens: this.#draftTokens, isPartial };
    try {
      const transcript = await this.#transcriber.transcribe(request, signal);
      if (transcript.ok && this.#running === running) this.#draftTokens = transcript.value.tokens;
      return transcript;
    } catch (reason) {
      if (signal.aborted) return succeeded(undefined);
      throw reason;
    } finally {
      if (this.#running === running) this.#running = undefined;
    }
  }
}

interface Pause {
  readonly speechEndedAtMs: number;
  readonly heardUntilMs: number;
  readonly pcm: Float32Array;
  readonly transcript: Promise<Outcome<Transcript | undefined>>;
}

const NEVER_QUIET = { atMs: 0, probability: Number.POSITIVE_INFINITY };
/** Where speech is hard to tell from noise, not every silent frame is taken for its end. */
const EARLY_INTERVAL_MS = 200;
/** 0.1 s: the recognizer takes no less. */
const LEAST_SAMPLES = 0.1 * RECOGNITION_RATE_HZ;

function joinSegments(
  segments: readonly Outcome<Transcript | undefined>[],
): Outcome<{ readonly text: string; readonly last: Transcript | undefined }> {
  const texts: string[] = [];
  let last: Transcript | undefined;
  for (const segment of segments) {
    if (!segment.ok) return segment;
    last = segment.value;
    if (last && last.text !== "") texts.push(last.text);
  }
  return succeeded({ text: texts.join(" "), last });
}

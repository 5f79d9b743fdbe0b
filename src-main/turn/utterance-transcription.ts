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

/**
 * The transcript of one utterance while it grows: partial ones while the user speaks, and the final one at every pause, each starting from
 * the tokens of the one before. The first silent frame begins a transcript that is the final one if a pause follows. A long utterance is
 * closed in segments at its pauses (or, without any, where it was quietest), so that the recognizer never gets more than it can bear, and no
 * long silence. One transcription of the open segment runs at a time: a final one stops what runs.
 */
export class UtteranceTranscription {
  readonly #transcriber: Transcriber;
  readonly #buffer: UtteranceBuffer;
  readonly #onPartial: (text: string) => void;
  readonly #cancelled = new AbortController();
  readonly #closedSegments: Promise<Outcome<Transcript | undefined>>[] = [];
  /** What is shown of each closed segment. */
  readonly #closedTexts: Promise<string>[] = [];
  #segmentStartMs: number;
  /** End of the latest speech. */
  #spokenUntilMs: number | undefined;
  #running: AbortController | undefined;
  #early: Pick<Pause, "speechEndedAtMs" | "transcript"> | undefined;
  #paused: Pause | undefined;
  #draftTokens: readonly number[] = [];
  #shown: readonly ShownWord[] = [];
  #nextPartialAtMs: number;
  #quietest = NEVER_QUIET;

  /** `onPartial`: gets what has been said so far; never loses a word that two hypotheses in a row had. */
  constructor(
    transcriber: Transcriber,
    buffer: UtteranceBuffer,
    startedAtMs: number,
    onPartial: (text: string) => void,
  ) {
    this.#transcriber = transcriber;
    this.#buffer = buffer;
    this.#onPartial = onPartial;
    this.#segmentStartMs = startedAtMs - TURN_TUNING.preRollMs;
    this.#nextPartialAtMs = startedAtMs + TURN_TUNING.partialIntervalMs;
  }

  /**
   * The user speaks on: a frame with this speech probability ended at `endedAtMs`. May start a partial transcript, but not where the
   * probability dips without falling silent: the final transcript might have to wait for it.
   */
  continue(probability: number, endedAtMs: number): void {
    this.#leaveOutSilence(endedAtMs - FRAME_MS);
    this.#spokenUntilMs = endedAtMs;
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
      const endMs = Math.min(heardUntilMs, speechEndedAtMs + LONGEST_SILENCE_MS);
      const pcm = this.#slice(endMs);
      const early = this.#early?.speechEndedAtMs === speechEndedAtMs ? this.#early.transcript : undefined;
      this.#paused = { speechEndedAtMs, endMs, pcm, transcript: early ?? this.#transcribe(pcm) };
    }
    const { pcm, transcript, endMs } = this.#paused;
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
    const isLong = paused && paused.endMs - this.#segmentStartMs > TURN_TUNING.segmentMs;
    const isFar = paused && atMs - paused.speechEndedAtMs > LONGEST_SILENCE_MS;
    if (isLong || isFar) this.#closeSegment(paused.endMs, paused.transcript);
    this.#leaveOutSilence(atMs);
    this.#spokenUntilMs = atMs;
  }

  /** What is being transcribed of the open segment is not wanted; the utterance may be resumed. */
  rest(): void {
    this.#running?.abort();
  }

  /** Nothing of this utterance is wanted any more. */
  cancel(): void {
    this.#cancelled.abort();
  }

  /** While the talk key is held, and before a reply is heard, any time may pass until speech goes on at `resumedAtMs`. */
  #leaveOutSilence(resumedAtMs: number): void {
    const spokenUntilMs = this.#spokenUntilMs ?? this.#segmentStartMs;
    if (resumedAtMs - spokenUntilMs < LONGEST_SILENCE_MS) return;
    const endMs = spokenUntilMs + TURN_TUNING.preRollMs;
    if (spokenUntilMs > this.#segmentStartMs) this.#closeSegment(endMs, this.#transcribe(this.#slice(endMs)));
    this.#segmentStartMs = resumedAtMs - TURN_TUNING.preRollMs;
  }

  #closeSegment(endMs: number, transcript: Promise<Outcome<Transcript | undefined>>): void {
    this.#closedSegments.push(transcript);
    this.#closedTexts.push(this.#closeText(transcript));
    this.#segmentStartMs = endMs;
    this.#running = undefined;
    this.#early = undefined;
    this.#draftTokens = [];
    this.#quietest = NEVER_QUIET;
    this.#shown = [];
  }

  async #closeText(transcript: Promise<Outcome<Transcript | undefined>>): Promise<string> {
    const shown = this.#shown;
    const outcome = await transcript;
    return shownText(nextShownWords(shown, (outcome.ok && outcome.value?.text) || ""));
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
    const segments = this.#closedTexts.length;
    const [open, ...closed] = await Promise.all([transcript, ...this.#closedTexts]);
    if (this.#paused || this.#cancelled.signal.aborted || segments !== this.#closedTexts.length) return;
    if (!open.ok || !open.value || open.value.text === "") return;
    this.#shown = nextShownWords(this.#shown, open.value.text);
    this.#onPartial([...closed.filter((text) => text !== ""), shownText(this.#shown)].join(" "));
  }

  /** The end of the open segment, as much of it as the recognizer takes. */
  #slice(endMs: number): Float32Array {
    return this.#buffer.slice(Math.max(this.#segmentStartMs, endMs - MOST_MS), endMs);
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
  /** Of what is transcribed. */
  readonly endMs: number;
  readonly pcm: Float32Array;
  readonly transcript: Promise<Outcome<Transcript | undefined>>;
}

const NEVER_QUIET = { atMs: 0, probability: Number.POSITIVE_INFINITY };
/** Where speech is hard to tell from noise, not every silent frame is taken for its end. */
const EARLY_INTERVAL_MS = 200;
/** 0.1 s to 30 s: the recognizer takes no less and no more. */
const LEAST_SAMPLES = 0.1 * RECOGNITION_RATE_HZ;
const MOST_MS = 30_000;
/** More silence than any patience waits for, as while the talk key is held, is not transcribed. */
const LONGEST_SILENCE_MS = 3_500;

function shownText(words: readonly ShownWord[]): string {
  return words.map(({ text }) => text).join(" ");
}

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

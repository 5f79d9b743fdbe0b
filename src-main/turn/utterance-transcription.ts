import { samplesToMs, RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import type { Outcome } from "../../src-shared/failure.ts";
import { succeeded } from "../../src-shared/failure.ts";
import type { Transcriber } from "./ports.ts";
import { TURN_TUNING } from "./turn-tuning.ts";
import type { UtteranceBuffer } from "./utterance-buffer.ts";

/**
 * The transcript of one utterance while it grows: partial ones for the eye, and the final one at every pause. A long utterance is closed
 * in segments at its pauses (or, without any, where it was quietest), so that the recognizer never gets more than it can bear. One
 * transcription runs at a time. A partial one starts from the tokens of the one before; the final one does not, because a wrong beginning
 * would pull the rest along: about 3 words more in a hundred.
 */
export class UtteranceTranscription {
  readonly #transcriber: Transcriber;
  readonly #buffer: UtteranceBuffer;
  readonly #onPartial: (text: string) => void;
  readonly #abort = new AbortController();
  #closedSegments: Promise<Outcome<string>>[] = [];
  #segmentStartMs: number;
  #paused: { readonly endMs: number; readonly text: Promise<Outcome<string>> } | undefined;
  #draftTokens: readonly number[] = [];
  #partialRuns = false;
  #nextPartialAtMs: number;
  #quietest = { atMs: 0, probability: Number.POSITIVE_INFINITY };

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

  /** The user speaks on: a frame with this speech probability ended at `endedAtMs`. May start a partial transcript. */
  continue(probability: number, endedAtMs: number): void {
    const lengthMs = endedAtMs - this.#segmentStartMs;
    if (lengthMs > TURN_TUNING.segmentMs && probability <= this.#quietest.probability) {
      this.#quietest = { atMs: endedAtMs, probability };
    }
    if (lengthMs > TURN_TUNING.longestSegmentMs) this.#closeSegment(this.#quietest.atMs, undefined);
    if (endedAtMs < this.#nextPartialAtMs || this.#partialRuns) return;
    this.#nextPartialAtMs = endedAtMs + TURN_TUNING.partialIntervalMs;
    void this.#showPartial(endedAtMs);
  }

  /** The user paused: transcribes everything up to the pause. */
  async pause(speechEndedAtMs: number): Promise<Outcome<string>> {
    const endMs = speechEndedAtMs + TURN_TUNING.postRollMs;
    this.#paused = { endMs, text: this.#transcribe(endMs, []) };
    return joinSegments(await Promise.all([...this.#closedSegments, this.#paused.text]));
  }

  /** The user spoke on after a pause. */
  resume(atMs: number): void {
    const paused = this.#paused;
    this.#paused = undefined;
    this.#nextPartialAtMs = atMs + TURN_TUNING.partialIntervalMs;
    if (paused && paused.endMs - this.#segmentStartMs > TURN_TUNING.segmentMs)
      this.#closeSegment(paused.endMs, paused.text);
  }

  /** Nothing of this utterance is wanted any more. */
  cancel(): void {
    this.#abort.abort();
  }

  #closeSegment(endMs: number, text: Promise<Outcome<string>> | undefined): void {
    this.#closedSegments.push(text ?? this.#transcribe(endMs, []));
    this.#segmentStartMs = endMs;
    this.#draftTokens = [];
    this.#quietest = { atMs: 0, probability: Number.POSITIVE_INFINITY };
  }

  async #showPartial(endMs: number): Promise<void> {
    this.#partialRuns = true;
    const text = await this.#transcribe(endMs, this.#draftTokens);
    this.#partialRuns = false;
    const joined = joinSegments(await Promise.all([...this.#closedSegments, Promise.resolve(text)]));
    if (!this.#abort.signal.aborted && !this.#paused && joined.ok && joined.value !== "") this.#onPartial(joined.value);
  }

  async #transcribe(endMs: number, draftTokens: readonly number[]): Promise<Outcome<string>> {
    const segmentStartMs = this.#segmentStartMs;
    const pcm = this.#buffer.slice(segmentStartMs, endMs);
    if (samplesToMs(pcm.length, RECOGNITION_RATE_HZ) < 100) return succeeded("");
    const request = { pcm, draftTokens };
    const transcript = await this.#transcriber.transcribe(request, this.#abort.signal).catch((reason: unknown) => {
      if (this.#abort.signal.aborted) return succeeded(NOTHING);
      throw reason;
    });
    if (!transcript.ok) return transcript;
    if (segmentStartMs === this.#segmentStartMs) this.#draftTokens = transcript.value.tokens;
    return succeeded(transcript.value.text);
  }
}

const NOTHING = { text: "", tokens: [] as readonly number[] };

function joinSegments(segments: readonly Outcome<string>[]): Outcome<string> {
  const texts: string[] = [];
  for (const segment of segments) {
    if (!segment.ok) return segment;
    if (segment.value !== "") texts.push(segment.value);
  }
  return succeeded(texts.join(" "));
}

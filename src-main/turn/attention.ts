import { RECOGNITION_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import type { WordsOverReply } from "./facts.ts";
import type { Transcriber, Transcript } from "./ports.ts";
import { meanLogProbability } from "./words/transcript-confidence.ts";
import { STOP_BEGINNINGS } from "./words/stop-phrases.ts";
import { TURN_TUNING } from "./turn-tuning.ts";
import type { UtteranceBuffer } from "./utterance-buffer.ts";

/** Less speech than this says nothing to the recognizer. */
const SHORTEST_MS = 128;
/** The recognizer takes no more. */
const LONGEST_MS = 30_000;

/** What an {@link Attention} found out. */
export type OverheardWords = Omit<WordsOverReply, "spokenText">;

/**
 * Listens to what the user says over a reply: a look at the words again and again while the speech goes on, one when it pauses, and the last
 * at its end. One look runs at a time. Words of more than the longest segment are not looked at: by then it is decided.
 */
export class Attention {
  readonly #transcriber: Transcriber;
  readonly #buffer: UtteranceBuffer;
  readonly startedAtMs: number;
  readonly #onWords: (words: OverheardWords) => void;
  readonly #abort = new AbortController();
  #look: AbortController | undefined;
  #nextLookAtMs: number;
  /** Where the speech paused, until the last look at it. */
  #pausedAtMs: number | undefined;
  /** There was a look between the pause and the last look. */
  #isPauseSeen = false;

  constructor(
    transcriber: Transcriber,
    buffer: UtteranceBuffer,
    startedAtMs: number,
    onWords: (words: OverheardWords) => void,
  ) {
    this.#transcriber = transcriber;
    this.#buffer = buffer;
    this.startedAtMs = startedAtMs;
    this.#onWords = onWords;
    this.#nextLookAtMs = startedAtMs + TURN_TUNING.attendIntervalMs;
  }

  /** A frame ended at `endedAtMs`, in or after the speech. */
  hear(endedAtMs: number, isSpeech: boolean): void {
    if (this.#pausedAtMs === undefined) return isSpeech ? this.#hearSpeech(endedAtMs) : undefined;
    if (endedAtMs < this.#pausedAtMs + TURN_TUNING.attendTailMs) return this.#hearPause(endedAtMs);
    this.#look?.abort();
    void this.#lookAt(this.#pausedAtMs, endedAtMs, true);
    this.#pausedAtMs = undefined;
  }

  /** The speech ended at `speechEndedAtMs`: a last look follows a moment later, because a word may end with a burst after a silence. */
  pause(speechEndedAtMs: number): void {
    this.#pausedAtMs = speechEndedAtMs;
  }

  /** The speech goes on after a pause. */
  resume(): void {
    this.#pausedAtMs = undefined;
    this.#isPauseSeen = false;
  }

  /** What is said to stop is understood now rather than at the last look. */
  #hearPause(endedAtMs: number): void {
    if (this.#look || this.#isPauseSeen || this.#pausedAtMs === undefined) return;
    this.#isPauseSeen = true;
    void this.#lookAt(this.#pausedAtMs, endedAtMs, false);
  }

  #hearSpeech(endedAtMs: number): void {
    const isTooLong = endedAtMs - this.startedAtMs > TURN_TUNING.segmentMs;
    if (this.#look || endedAtMs < this.#nextLookAtMs || isTooLong) return;
    this.#nextLookAtMs = endedAtMs + TURN_TUNING.attendIntervalMs;
    void this.#lookAt(endedAtMs, endedAtMs, false);
  }

  /** What is said is not of interest any more. */
  cancel(): void {
    this.#abort.abort();
    this.#look?.abort();
  }

  async #lookAt(speechEndedAtMs: number, toMs: number, isOver: boolean): Promise<void> {
    const speechMs = speechEndedAtMs - this.startedAtMs;
    const pcm = this.#buffer.slice(this.startedAtMs - TURN_TUNING.attendLeadMs, toMs);
    const tell = (words: Omit<OverheardWords, "speechMs" | "isOver">): void => {
      if (!this.#abort.signal.aborted) this.#onWords({ ...words, speechMs, isOver });
    };
    const lengthMs = samplesToMs(pcm.length, RECOGNITION_RATE_HZ);
    if (lengthMs < SHORTEST_MS || lengthMs > LONGEST_MS) return tell({ text: "" });
    const look = new AbortController();
    this.#look = look;
    try {
      const transcript = await this.#transcriber.transcribe({ pcm, cueBeginnings: STOP_BEGINNINGS }, look.signal);
      if (look.signal.aborted) return;
      tell(transcript.ok ? overheardIn(transcript.value) : { text: "" });
    } catch (reason) {
      if (!look.signal.aborted) throw reason;
    } finally {
      if (this.#look === look) this.#look = undefined;
    }
  }
}

function overheardIn(transcript: Transcript): Pick<OverheardWords, "text" | "stopProbability" | "meanLogProbability"> {
  const [stopProbability, certainty] = [transcript.cueProbability, meanLogProbability(transcript)];
  return {
    text: transcript.text,
    ...(stopProbability !== undefined && { stopProbability }),
    ...(certainty !== undefined && { meanLogProbability: certainty }),
  };
}

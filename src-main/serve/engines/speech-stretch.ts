import { FRAME_MS, msToSamples, RECOGNITION_RATE_HZ } from "../../../src-shared/audio-format.ts";
import type { Failure, Outcome } from "../../../src-shared/failure.ts";
import type { WordAligner } from "../../transcribe/soundswallower-aligner.ts";
import type { PauseEvidence, Transcript } from "../../turn/ports.ts";
import { isGuess } from "../../turn/words/transcript-confidence.ts";
import { TURN_TUNING } from "../../turn/turn-tuning.ts";
import type { TimedWord } from "../../wire/served-engines.ts";
import { alignWords, placeWords } from "./align-words.ts";
import { AudioWindow } from "./audio-window.ts";
import type { ListeningPace } from "./listening-pace.ts";
import type { SharedTranscriber } from "./shared-transcriber.ts";
import { agreeingWords, splitWords, wordsBehind } from "./words-behind.ts";

/** What a stretch of speech needs, and whom it tells. */
export interface StretchContext {
  readonly transcriber: Pick<SharedTranscriber, "transcribe">;
  readonly aligner: WordAligner;
  readonly pace: Pick<ListeningPace, "enter" | "leave" | "current">;
  readonly signal: AbortSignal;
  /** Words that are never taken back, in order. */
  readonly onWords: (words: readonly TimedWord[]) => void;
  /** What is known at a pause. */
  readonly onPause: (evidence: PauseEvidence) => void;
  readonly onFailure: (failure: Failure) => void;
}

/** A silence that is so long ends every word before it, and mostly a phrase. */
const SETTLING_SILENCE_MS = 400;
/** So much of it is seen: in the last frames the next word may have begun without being believed yet. */
const PURE_SILENCE_MS = SETTLING_SILENCE_MS - TURN_TUNING.onsetFrames * FRAME_MS;
/** A word that two hypotheses in a row have is told when it ended so long before the newest audio. */
const AGREED_MARGIN_MS = 200;
/** The same where the newer hypothesis contradicts what the other had next: "you are" may have become "your". */
const DOUBTED_MARGIN_MS = 800;
/** One that a single hypothesis has. */
const STEADY_MARGIN_MS = 1_200;
/** The last sound of a word may be no speech to the detector. */
const WORD_TAIL_MS = 150;
/** Where no more speech than this came after the last word, there is no other. */
const SHORTEST_WORD_MS = 50;
/** No more audio than this is taken in before words were told and what they were said in is let go of. */
const LONGEST_WINDOW_MS = 12_000;
/** What is kept for context of what was told in a full window, and of the whole window at most. */
const FULL_CONTEXT_MS = 2_500;
const LONGEST_REST_MS = 6_000;

/** Audio up to where a look sees. */
interface Look {
  readonly startMs: number;
  readonly endMs: number;
  readonly speechEndedAtMs: number;
  readonly pcm: Float32Array;
  /** A pause or the end follows: every word in it is whole. */
  readonly isSettled: boolean;
}

/**
 * The words of one stretch of speech, told while it grows: those that two looks in a row agree on, or that have been over for long, and at a
 * pause all of them. What was told stays; later hypotheses are cut behind it. Each look sees the audio since the latest told words and some
 * before, so that its cost does not grow with the speech. One look at a time; the next begins when there is reason for one.
 */
export class SpeechStretch {
  readonly #context: StretchContext;
  readonly #audio: AudioWindow;
  readonly #closed = Promise.withResolvers<void>();
  /** Those of the window. */
  #told: readonly TimedWord[] = [];
  /** Heard in the last look and not told. */
  #expected: readonly string[] = [];
  #draft: { readonly startMs: number; readonly tokens: readonly number[] } | undefined;
  #speechEndedAtMs: number;
  #lookedUntilMs: number;
  #settledUntilMs: number;
  #isHeld: boolean;
  #isLooking = false;
  #isClosing = false;
  #hasEnded = false;
  #progress = Promise.withResolvers<void>();

  /** `after`: the stretch before has told everything; no word is told earlier. */
  constructor(context: StretchContext, startMs: number, after: Promise<void> | undefined) {
    this.#context = context;
    this.#audio = new AudioWindow(startMs);
    this.#speechEndedAtMs = startMs;
    this.#lookedUntilMs = startMs + TURN_TUNING.preRollMs;
    this.#settledUntilMs = startMs;
    this.#isHeld = after !== undefined;
    context.pace.enter();
    void after?.then(() => {
      this.#isHeld = false;
      this.#consider();
    });
  }

  /** Whether it would rather take no more audio until `progress`. */
  get isFull(): boolean {
    return isFull(this.#audio);
  }

  /** Resolves when a look is over, whatever it brought. */
  get progress(): Promise<void> {
    return this.#progress.promise;
  }

  /** More audio. `speechEndedAtMs`: end of the latest speech in it. `pcm` is kept. */
  append(pcm: Float32Array, speechEndedAtMs: number): void {
    this.#audio.append(pcm);
    this.#speechEndedAtMs = Math.max(this.#speechEndedAtMs, speechEndedAtMs);
    this.#consider();
  }

  /** No more audio will come. Resolves when every word was told. */
  close(): Promise<void> {
    this.#isClosing = true;
    this.#consider();
    return this.#closed.promise;
  }

  #consider(): void {
    if (this.#isLooking || this.#isHeld) return;
    const isUnsettled = this.#speechEndedAtMs > this.#settledUntilMs;
    if (this.#context.signal.aborted || (this.#isClosing && !isUnsettled)) {
      this.#end();
    } else if (isUnsettled && this.#isPausing) {
      void this.#look(true);
    } else if (isUnsettled && this.#audio.endMs >= this.#lookedUntilMs + this.#context.pace.current.intervalMs) {
      void this.#look(false);
    }
  }

  /** All that was said so far is whole. */
  get #isPausing(): boolean {
    return this.#isClosing || this.#audio.endMs - this.#speechEndedAtMs >= SETTLING_SILENCE_MS;
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#context.pace.leave();
    this.#progress.resolve();
    this.#closed.resolve();
  }

  async #look(isUrgent: boolean): Promise<void> {
    this.#isLooking = true;
    const { transcriber, signal } = this.#context;
    let look: Look | undefined;
    try {
      const take = (): { pcm: Float32Array; draftTokens: readonly number[] } => {
        look = this.#take();
        return { pcm: look.pcm, draftTokens: this.#draft?.startMs === look.startMs ? this.#draft.tokens : [] };
      };
      const transcript = await transcriber.transcribe(take, isUrgent, signal);
      await this.#learn(look as Look, transcript);
    } catch (reason) {
      if (!signal.aborted) throw reason;
    }
    this.#isLooking = false;
    this.#progress.resolve();
    this.#progress = Promise.withResolvers();
    this.#consider();
  }

  #take(): Look {
    const { startMs } = this.#audio;
    const speechEndedAtMs = this.#speechEndedAtMs;
    const isSettled = this.#isPausing;
    const endMs = Math.min(this.#audio.endMs, isSettled ? speechEndedAtMs + PURE_SILENCE_MS : Infinity);
    return { startMs, endMs, speechEndedAtMs, pcm: this.#audio.copy(endMs), isSettled };
  }

  async #learn(look: Look, transcript: Outcome<Transcript>): Promise<void> {
    this.#lookedUntilMs = look.endMs;
    if (!transcript.ok) {
      this.#giveUp(look, transcript.failure);
      return;
    }
    const { tokens, text } = transcript.value;
    this.#draft = { startMs: look.startMs, tokens };
    const told = this.#told.map((word) => word.text);
    const isHeard = look.speechEndedAtMs >= this.#toldUntilMs + SHORTEST_WORD_MS && !isGuess(transcript.value);
    await this.#tell(look, isHeard ? wordsBehind(told, splitWords(text)) : []);
    if (look.isSettled) this.#settle(look, transcript.value);
    this.#letGo(look);
  }

  /** Tells those of the words behind what was told that will not change. */
  async #tell(look: Look, words: readonly string[]): Promise<void> {
    const agreed = agreeingWords(words, this.#expected);
    const alignFromMs = Math.max(look.startMs, this.#toldUntilMs);
    const mayTell = look.isSettled || agreed > 0 || look.endMs - alignFromMs > STEADY_MARGIN_MS;
    const placed = mayTell ? await this.#place(look, words, alignFromMs) : [];
    if (this.#context.signal.aborted) return;
    const marginMs = agreed < this.#expected.length ? DOUBTED_MARGIN_MS : AGREED_MARGIN_MS;
    const isFinal = ({ endMs }: TimedWord, index: number): boolean =>
      look.isSettled ||
      endMs <= look.endMs - STEADY_MARGIN_MS ||
      (index < agreed && index < words.length - 1 && endMs <= look.endMs - marginMs);
    const firstOpen = placed.findIndex((word, index) => !isFinal(word, index));
    const final = firstOpen < 0 ? placed : placed.slice(0, firstOpen);
    this.#told = [...this.#told, ...final];
    if (final.length > 0) this.#context.onWords(final);
    this.#expected = words.slice(final.length);
  }

  /** When the words were said: those that can be found, and where there will be no other look all of them. */
  #place(look: Look, words: readonly string[], fromMs: number): Promise<readonly TimedWord[]> {
    const { aligner, signal } = this.#context;
    const from = samplesOf(fromMs - look.startMs);
    if (!look.isSettled && !isFull(look)) {
      return alignWords(aligner, { startMs: fromMs, pcm: look.pcm.subarray(from) }, words, signal);
    }
    // A guess should not go far into the pause.
    const end = look.isSettled ? samplesOf(look.speechEndedAtMs + WORD_TAIL_MS - look.startMs) : look.pcm.length;
    return placeWords(aligner, { startMs: fromMs, pcm: look.pcm.subarray(from, end) }, words, signal);
  }

  /** End of the last word that was told. */
  get #toldUntilMs(): number {
    return this.#told.at(-1)?.endMs ?? 0;
  }

  #settle(look: Look, transcript: Transcript): void {
    this.#settledUntilMs = look.speechEndedAtMs;
    this.#expected = [];
    const speechEndSample = Math.min(look.pcm.length, samplesOf(look.speechEndedAtMs - look.startMs));
    this.#context.onPause({ pcm: look.pcm, speechEndSample, transcript });
  }

  /** Goes on with as much of what was told as gives the next words context. */
  #letGo(look: Look): void {
    const contextMs = isFull(look) ? FULL_CONTEXT_MS : this.#context.pace.current.contextMs;
    const first = this.#told.find(({ startMs }) => startMs >= this.#toldUntilMs - contextMs) ?? this.#told.at(-1);
    const fromMs = first?.startMs ?? (look.isSettled ? look.endMs - TURN_TUNING.preRollMs : look.startMs);
    this.#goOnFrom(isFull(look) ? Math.max(fromMs, look.endMs - LONGEST_REST_MS) : fromMs);
  }

  #goOnFrom(startMs: number): void {
    this.#audio.startAt(startMs);
    this.#told = this.#told.filter((word) => word.endMs > startMs);
  }

  /** What was looked at is lost if it will not be looked at again. */
  #giveUp(look: Look, failure: Failure): void {
    if (!look.isSettled && !isFull(look)) return;
    this.#settledUntilMs = look.speechEndedAtMs;
    this.#expected = [];
    this.#context.onFailure(failure);
    this.#goOnFrom(look.endMs);
  }
}

function samplesOf(ms: number): number {
  return Math.max(0, msToSamples(ms, RECOGNITION_RATE_HZ));
}

function isFull({ startMs, endMs }: Pick<Look, "startMs" | "endMs">): boolean {
  return endMs - startMs >= LONGEST_WINDOW_MS;
}

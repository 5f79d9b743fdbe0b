import type { Failure, Outcome } from "../../src-shared/failure.ts";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";
import type { GrowingText } from "./growing-text.ts";

/** Names one piece of work. Work of an older revision of a turn is void. */
export interface TurnKey {
  readonly turnId: number;
  readonly revision: number;
}

/** The session clock and its one timer. Implementations: the process clock, and a fake in tests. */
export interface Clock {
  /** Monotonic epoch ms (`performance.timeOrigin + performance.now()`), the same in every thread and in the renderer. */
  nowMs(): number;
  /** Calls back once at or after `atMs`; the returned function cancels. */
  schedule(atMs: number, callback: () => void): () => void;
}

/** Detect: probability of speech, one frame at a time. Runs in an engine worker. Codes: detect-failed, model-*. */
export interface VoiceDetector {
  /** `frame`: 512 mono samples at 16 kHz in [-1, 1]. Answers in order. The value is in [0, 1]. */
  detect(frame: Float32Array): Promise<Outcome<number>>;
  close(): Promise<void>;
}

/** Audio to transcribe. */
export interface TranscriptionRequest {
  /** Mono samples at 16 kHz in [-1, 1]: 0.1 to 30 s, with at most 0.5 s of silence before the speech. */
  readonly pcm: Float32Array;
  /** Tokens of an earlier hypothesis for a prefix of the same audio, verified in one decoder pass instead of being decoded again. */
  readonly draftTokens?: readonly number[];
  /** The speaker goes on: what is told may lag behind the audio. */
  readonly isPartial?: boolean;
  /** Beginnings of words, in lower case, to listen for: see {@link Transcript.cueProbability}. */
  readonly cueBeginnings?: readonly string[];
}

/** What was said. */
export interface Transcript {
  /** Trimmed text with the recognizer's own casing and punctuation; empty when it heard no words. */
  readonly text: string;
  /** Tokens of the text without begin and end markers, to be passed on as `draftTokens`. */
  readonly tokens: readonly number[];
  /** Natural-log probability of each token. */
  readonly tokenLogProbabilities: readonly number[];
  /** What the recognizer thinks of the end of the text; undefined when it does not tell, or the text is empty. */
  readonly ending?: TranscriptEnding;
  /**
   * How likely the first word begins with one of the request's `cueBeginnings`, if there are words at all: 0 to 1. Known where the likeliest
   * text is something else, or empty; undefined when not asked for, or the recognizer does not tell.
   */
  readonly cueProbability?: number;
  readonly elapsedMs: number;
}

/** What the recognizer expects at the end of the text, as probabilities in [0, 1]. The first three are about what follows the last word. */
export interface TranscriptEnding {
  /** A full stop, question mark or exclamation mark. */
  readonly terminalProbability: number;
  /** A comma, dash, colon, semicolon or ellipsis. */
  readonly continuationProbability: number;
  /** The end of the text without any punctuation. */
  readonly bareEndProbability: number;
  /** That there was an end, or punctuation, in place of the last word: what the audio hardly holds is a guess at a word that is broken off. */
  readonly earlierEndProbability: number;
}

/** Transcribe: speech to text. Runs in an engine worker, one request at a time, first come first served. Codes: transcribe-failed, model-*. */
export interface Transcriber {
  /** An aborted request that has not begun is dropped; the promise then rejects with the signal's reason. */
  transcribe(request: TranscriptionRequest, signal: AbortSignal): Promise<Outcome<Transcript>>;
  close(): Promise<void>;
}

/** What is known when the user pauses. */
export interface PauseEvidence {
  /** Mono samples at 16 kHz: the utterance from its pre-roll up to the latest frame of the pause. */
  readonly pcm: Float32Array;
  /** Where the speech in `pcm` ends, in samples. */
  readonly speechEndSample: number;
  readonly transcript: Transcript;
}

/**
 * Decide: how likely the user has finished. Embedded: from transcript, recognizer and prosody; or a model that listens to the audio, in an
 * engine worker. Codes: detect-failed, model-*.
 */
export interface EndOfTurnPredictor {
  /** Speech from now on is a new utterance; at most 1 s of what was heard before belongs to it. */
  begin(): void;
  /** `frame`: 512 mono samples at 16 kHz in [-1, 1], in order, whether or not anybody speaks. Never blocks. */
  hear(frame: Float32Array): void;
  /** Probability in [0, 1] that the turn is over. An aborted request rejects with the signal's reason. */
  predict(evidence: PauseEvidence, signal: AbortSignal): Promise<Outcome<number>>;
  close(): Promise<void>;
}

/** One thing said in the conversation, as it was *heard*. */
export interface ConversationEntry {
  readonly speaker: "user" | "assistant";
  readonly text: string;
  /** The assistant was interrupted: `text` is what had left the speaker. */
  readonly interrupted: boolean;
}

/** What to answer. */
export interface ReplyRequest {
  readonly key: TurnKey;
  readonly text: string;
  /** Oldest first, without the current request. */
  readonly history: readonly ConversationEntry[];
}

/** Part of a reply as it is generated. */
export type ReplyPart =
  /** Text to append to the reply, word boundaries included. `isUnderstood`: it is known what is wanted, and nothing of it is missing. */
  | { readonly kind: "text"; readonly text: string; readonly isUnderstood?: boolean }
  /** Something to do once the turn is decided: never while the reply is speculative. */
  | { readonly kind: "effect"; readonly run: () => void }
  /** The reply cannot be given or completed. A spoken sentence about it has been sent as text before. */
  | { readonly kind: "failure"; readonly failure: Failure };

/**
 * Respond: request to reply. Must be free of side effects until its effects are run, because replies are speculative. Aborting ends the
 * iteration. Codes: respond-*.
 */
export interface Responder {
  respond(request: ReplyRequest, signal: AbortSignal): AsyncIterable<ReplyPart>;
}

/** Where and how to speak. */
export interface SpeechTarget {
  readonly voice: string;
  /** 1 is normal, 2 is twice as fast. */
  readonly rateRatio: number;
  /** Ring to write to and the generation to write as; a write to an older generation writes nothing. */
  readonly ring: SharedArrayBuffer;
  readonly generation: number;
}

/** One sentence to speak into a reply's audio stream. */
export interface SpeechRequest extends SpeechTarget {
  readonly text: string;
}

/** A sentence that was written to the ring. */
export interface SpokenSentence {
  /** Samples written at PLAYBACK_RATE_HZ. */
  readonly samples: number;
  readonly chunks: number;
  /** Words with their end position in samples from the sentence's start, for the text heard so far. */
  readonly words: readonly { readonly text: string; readonly endSample: number }[];
  /** Session clock, ms. */
  readonly firstPcmAtMs: number;
  readonly lastPcmAtMs: number;
}

/** A whole reply to speak while its text is written. It has a generation of the ring to itself. */
export interface GrowingSpeechRequest {
  readonly text: GrowingText;
  /** Called as soon as there is something to say, and not once aborted; where sentences are spoken, before each: the style may have changed. */
  readonly begin: () => SpeechTarget;
  readonly tell: (event: SpeechEvent) => void;
}

/** What a growing speech tells as soon as it is known. */
export type SpeechEvent =
  /** There is something to hear; may be told again. Session clock, ms. */
  | { readonly kind: "spoken"; readonly firstPcmAtMs: number }
  | ({ readonly kind: "word" } & SpokenWord)
  /** A part could not be spoken; what follows is. */
  | { readonly kind: "failure"; readonly failure: Failure };

/** How much of a text was said where in its speech. */
export interface SpokenWord {
  /** Where the word ends in the text, in characters. */
  readonly textEnd: number;
  /** Where it ends in the speech, in samples at PLAYBACK_RATE_HZ. May lie beyond what is in the ring so far. */
  readonly endSample: number;
}

/** Speak: text to samples in the player's ring, in order, one sentence at a time. Runs in an engine worker. Codes: speak-failed, model-*. */
export interface Synthesizer {
  /** A request whose generation became void answers with the samples written until then. */
  speak(request: SpeechRequest): Promise<Outcome<SpokenSentence>>;
  /**
   * For engines that need no whole sentences. The value is the number of samples of all the text; when aborted or void, until then. After a
   * failure what is in the ring stays there.
   */
  speakGrowing?(request: GrowingSpeechRequest, signal: AbortSignal): Promise<Outcome<number>>;
  close(): Promise<void>;
}

/** How a reply stands, in samples at PLAYBACK_RATE_HZ. */
export interface PlaybackLevel {
  receivedSamples: number;
  /** Received and not yet heard. */
  bufferedSamples: number;
  underruns: number;
  stretchedSamples: number;
  /** Playback is slowed down while less than this waits. */
  slowBelowSamples: number;
}

/** What the player tells, tagged with the reply's generation. Times on the session clock. `positionSamples`: the sample that is heard next. */
export type PlayerEvent =
  /** The device was told to start, with so much audio ready. */
  | { readonly kind: "started"; readonly generation: number; readonly bufferedMs: number }
  | { readonly kind: "audible"; readonly generation: number; readonly atMs: number }
  | {
      readonly kind: "progress";
      readonly generation: number;
      readonly positionSamples: number;
      readonly level: Readonly<PlaybackLevel>;
    }
  /** A gap is over: everything that had arrived was played, and for so long nothing more was there. */
  | {
      readonly kind: "underrun";
      readonly generation: number;
      readonly positionSamples: number;
      readonly durationMs: number;
    }
  | {
      readonly kind: "finished";
      readonly generation: number;
      readonly flushed: boolean;
      readonly positionSamples: number;
      readonly atMs: number;
      readonly metrics: StreamMetrics;
    }
  | { readonly kind: "output-failed"; readonly failure: Failure };

/** Play: samples from the ring to a sink, in a thread of its own. */
export interface StreamPlayer {
  /** The ring that synthesizers write to. */
  readonly ring: SharedArrayBuffer;
  /** Starts a new reply and voids the one before. Nothing is audible until `release`. Generations grow by one. */
  begin(): number;
  /** The turn is decided: playback starts as soon as the start policy allows. */
  release(generation: number): void;
  /** No more audio than `totalSamples` will come for this reply. */
  end(generation: number, totalSamples: number): void;
  /** Silence at once: fades over 5 ms and voids the reply. A `finished` event with `flushed` follows. */
  flush(): void;
  /** Fades out over 5 ms and holds the next sample. */
  pause(generation: number): void;
  /** Goes on from the exact sample. */
  resume(generation: number): void;
  /** Amplitude ratio to ramp to: 1 normal, 0.25 (-12 dB) ducked. */
  setGain(ratio: number): void;
  onEvent(listener: (event: PlayerEvent) => void): void;
  close(): Promise<void>;
}

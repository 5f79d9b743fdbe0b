import type { Failure, Outcome } from "../../src-shared/failure.ts";
import type { ServedConversation } from "./served-conversation.ts";

/** A spoken word on the timeline of its audio, in ms from the first sample. */
export interface TimedWord {
  /** As written, punctuation included; never empty, no white space. */
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** What a {@link Listener} tells, in the order of the audio. Times in ms from the first sample that was written. */
export type ListenerEvent =
  /** So much was looked at; about every 32 ms of audio. */
  | {
      readonly kind: "heard";
      readonly heardMs: number;
      readonly isSpeech: boolean;
      /** Silence since the last speech; all of it while there was none. */
      readonly silenceMs: number;
      /** How likely the speaker has finished, 0 to 1; 0 while they speak, 1 while nothing was said. */
      readonly endProbability: number;
    }
  /** A word that is never taken back. Not before it was heard; usually within 1.5 s, at the latest after the pause that follows. */
  | { readonly kind: "word"; readonly word: TimedWord }
  /** The audio that could not be recognized is lost; what comes is heard. */
  | { readonly kind: "failed"; readonly failure: Failure };

/** Live recognition of one stream of audio. */
export interface Listener {
  /** Mono samples at CAPTURE_RATE_HZ in [-1, 1], any number. Never blocks and loses nothing: what is not heard yet waits. */
  write(pcm: Float32Array): void;
  /** Written and not yet heard, in samples at CAPTURE_RATE_HZ. */
  readonly bufferedSamples: number;
  /** Resolves once every word in what was written so far has been told. Speech that goes on at the end counts as ended there. */
  flush(): Promise<void>;
  /** Nothing more is told. */
  close(): void;
}

/** A recording written down. */
export interface TimedTranscript {
  readonly text: string;
  readonly durationMs: number;
  /** One for each stretch of speech; `words` only where they were asked for. */
  readonly segments: readonly {
    readonly startMs: number;
    readonly endMs: number;
    readonly text: string;
    readonly meanLogProbability: number;
    readonly words: readonly TimedWord[];
  }[];
}

/** Part of a speech. */
export interface SpokenPiece {
  /** Mono at PLAYBACK_RATE_HZ in [-1, 1], at most 2 s. */
  readonly pcm: Float32Array;
  /** Words that begin in this piece, in ms from the start of the whole speech. */
  readonly words: readonly TimedWord[];
}

/** How to speak. */
export interface SpokenStyle {
  /** One of the voices; any other name is the default voice. */
  readonly voice: string;
  /** 1 is normal, 2 is twice as fast. */
  readonly rateRatio: number;
}

/** The engines of this machine as the servers of all protocols use them. Any number of streams at once; each gets its share. */
export interface ServedEngines {
  /** Hears one stream of audio. `onEvent` is never called before this returns. */
  listen(onEvent: (event: ListenerEvent) => void): Listener;
  /**
   * Writes a recording down. `recording`: a file of any format that can be played, of up to two hours. Rejects with the signal's reason when
   * aborted. Codes: input-unreadable (another format, or longer), input-empty, transcribe-failed, detect-failed, model-*.
   */
  transcribe(
    recording: Uint8Array,
    options: { readonly words: boolean },
    signal: AbortSignal,
  ): Promise<Outcome<TimedTranscript>>;
  /** Names of the voices; the first one is the default. */
  readonly voices: readonly string[];
  /**
   * Speaks text while it is written: a sentence or its first clause as soon as it is complete, the rest at the end of `text`. Much faster than
   * real time, but not ahead of its reader by more than a few seconds. Throws a FailureError with speak-failed or model-*; aborting ends it.
   */
  speak(text: AsyncIterable<string>, style: SpokenStyle, signal: AbortSignal): AsyncIterable<SpokenPiece>;
  /**
   * Begins a conversation with the assistant, which has its own turn-taking and hears no echo of itself. `voice`: one of the voices; any other name
   * is the voice of the user's settings. Codes: model-*.
   */
  converse(wish: { readonly voice: string }): Promise<Outcome<ServedConversation>>;
}

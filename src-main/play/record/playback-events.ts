import type { FailureCode, FailureStage } from "../../../src-shared/failure.ts";

/** What was asked to be spoken, without its words: only how many characters there are, and the settings. */
export interface SpokenRequest {
  readonly message_characters?: number;
  readonly engine?: string;
  readonly voice?: string;
  readonly model?: string;
  /** Encoding of the audio: `pcm`, `mp3`, ... */
  readonly format?: string;
}

/**
 * Every event that playback writes to the log, and the data of each. The names are those of Voice Mode, where one fits;
 * unlike there, the message itself is never logged, TTS_FIRST_AUDIO waits for sound that can be heard, and UNDERRUN and LOG_GAP are added.
 * Keys as they stand in the file; times in ms.
 */
export interface PlaybackEvents {
  /** A run of playback begins. */
  readonly SESSION_START: { readonly audio_path?: string; readonly policy?: string };
  /** It is over, whichever way. */
  readonly SESSION_END: { readonly result?: "completed" | "cancelled" | "failed"; readonly duration_ms?: number };
  /** A source was asked for audio. */
  readonly TTS_REQUEST: SpokenRequest;
  /** The source began to answer: its first bytes are here. */
  readonly TTS_START: SpokenRequest & { readonly ttfb_ms?: number };
  /** The sink has started to take samples, silent or not. */
  readonly TTS_PLAYBACK_START: { readonly audio_path?: string; readonly start_threshold_ms?: number };
  /** The first sample that can be heard has left the device. */
  readonly TTS_FIRST_AUDIO: { readonly ttfa_ms?: number; readonly leading_silence_ms?: number };
  /** The last sample has been played, or playback was broken off. `metrics`: see {@link loggedMetrics}. */
  readonly TTS_PLAYBACK_END: {
    readonly metrics: Readonly<Record<string, number>>;
    readonly audio_path?: string;
    readonly format?: string;
  };
  /** A failure. */
  readonly TTS_ERROR: {
    readonly code: FailureCode;
    readonly stage: FailureStage;
    readonly retryable?: boolean;
    readonly detail?: string;
  };
  /** What was played has been saved. Names of the files without their folder. */
  readonly RECORDING_SAVED: { readonly files: readonly string[] };
  /** The user broke playback off. */
  readonly TOOL_CANCELLED: { readonly played_ms?: number };
  /** There was nothing to play for a while. `at_ms`: audio played before it. */
  readonly UNDERRUN: { readonly duration_ms: number; readonly at_ms?: number };
  /** So many events before this line could not be written and are lost. Its timestamp is that of the last one lost. */
  readonly LOG_GAP: { readonly dropped: number };
}

/** Name of an event. */
export type PlaybackEventType = keyof PlaybackEvents;

/** Identifies one session in the log: `conv_` and the epoch time in ms at which it began. */
export function newSessionId(startedAtMs: number = Date.now()): string {
  return `conv_${startedAtMs}`;
}

/** The numbers of a reply's metrics under the log's names: `ttfaMs` becomes `ttfa_ms`. Anything that is not a finite number is left out. */
export function loggedMetrics(metrics: object): Record<string, number> {
  const numbers = Object.entries(metrics).filter((entry): entry is [string, number] => Number.isFinite(entry[1]));
  return Object.fromEntries(
    numbers.map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

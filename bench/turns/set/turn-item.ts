import type { Speaker } from "../../../test/fixtures/speech.ts";

/** Turns of `tune` may be used to choose numbers; those of `test` only to judge them. No sentence is in both. */
export type Half = "tune" | "test";

/** Where in a sentence the user pauses: after a clause, a conjunction, a filler, an article or preposition, or inside a number, an address, a list. */
export type PauseKind = "clause" | "conjunction" | "filler" | "number" | "address" | "list" | "preposition";

/** What is heard beside the user. */
export type Background = "none" | "pink" | "babble";

/** One user turn with its true beginning, pauses and end. Times in ms from the first sample of `pcm`. */
export interface TurnItem {
  readonly id: string;
  readonly half: Half;
  /** What is said, without marks. */
  readonly text: string;
  readonly speaker: Speaker;
  readonly background: Background;
  /** Level of the speech, its pauses left out, over the background; Infinity without one. */
  readonly snrDb: number;
  /** Mono at CAPTURE_RATE_HZ: 0.7 s before the turn and 4 s after it, through which the background goes on. */
  readonly pcm: Float32Array;
  /** The first and the last sample of speech that is not more than 40 dB below its loudest one. */
  readonly startMs: number;
  readonly endMs: number;
  /** Silences inside the turn, in order. */
  readonly pauses: readonly { readonly fromMs: number; readonly toMs: number; readonly kind: PauseKind }[];
}

import type { Failure } from "../../src-shared/failure.ts";
import type { TurnKey } from "./ports.ts";
import type { SpeechEvent } from "./endpointer.ts";

/**
 * What happened. Facts from a stage carry the key of the work that made them; a fact whose key is not the current one changes nothing.
 * Times are ms on the session clock.
 */
export type Fact =
  | { readonly kind: "opened" }
  | { readonly kind: "closed" }
  | SpeechEvent
  | { readonly kind: "deadline-reached"; readonly atMs: number }
  | { readonly kind: "transcript-ready"; readonly key: TurnKey; readonly text: string }
  | { readonly kind: "transcript-failed"; readonly key: TurnKey; readonly failure: Failure }
  | { readonly kind: "audio-started"; readonly key: TurnKey }
  /** The reply is over: played to the end, flushed, or it never had anything to play. */
  | { readonly kind: "reply-finished"; readonly key: TurnKey }
  | { readonly kind: "text-entered"; readonly text: string }
  | { readonly kind: "stop-requested" }
  /** The user switched the microphone off: what was being said is not wanted. */
  | { readonly kind: "microphone-silenced" }
  /** The microphone went away by itself: what was said until then counts. */
  | { readonly kind: "microphone-lost"; readonly atMs: number }
  | { readonly kind: "announcement-due"; readonly text: string };

/** How a turn began. */
export type TurnOrigin = "spoken" | "typed" | "announcement";

/** What to do. Commands are carried out in order by the runner. */
export type Command =
  /** A turn exists now: show it. */
  | {
      readonly kind: "begin-turn";
      readonly key: TurnKey;
      readonly origin: TurnOrigin;
      readonly atMs?: number;
    }
  /** Transcribe the utterance that ended at `speechEndedAtMs`, speculatively. */
  | { readonly kind: "transcribe"; readonly key: TurnKey; readonly speechEndedAtMs: number }
  /** Generate and synthesize the reply, silently. */
  | { readonly kind: "respond"; readonly key: TurnKey; readonly text: string }
  /** Say this text, without asking the responder. */
  | { readonly kind: "announce"; readonly key: TurnKey; readonly text: string }
  /** The turn is decided: run the reply's effects and let it be heard. */
  | { readonly kind: "release"; readonly key: TurnKey }
  /** Speech went on: everything made for older revisions of this turn is void. */
  | { readonly kind: "revise"; readonly key: TurnKey }
  /** Silence the reply at once and remember what was heard of it. */
  | { readonly kind: "cut"; readonly key: TurnKey }
  /** The reply was given as far as it will be: remember it. */
  | { readonly kind: "complete"; readonly key: TurnKey }
  /** Nothing was said after all: the turn leaves no trace. With a failure it stays visible with it. */
  | { readonly kind: "forget"; readonly key: TurnKey; readonly failure?: Failure }
  /** Speech from now on is a new utterance. */
  | { readonly kind: "close-utterance" }
  | { readonly kind: "duck" }
  | { readonly kind: "unduck" };

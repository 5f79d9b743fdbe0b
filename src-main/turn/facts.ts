import type { Failure } from "../../src-shared/failure.ts";
import type { Conduct } from "./conduct.ts";
import type { SpeechEvent } from "./endpointer.ts";
import type { TurnKey } from "./ports.ts";

/**
 * What happened. Facts from a stage carry the key of the work that made them; a fact whose key is not the current one changes nothing.
 * Times are ms on the session clock.
 */
export type Fact =
  | { readonly kind: "opened" }
  | { readonly kind: "closed" }
  | { readonly kind: "conduct-changed"; readonly conduct: Conduct }
  | SpeechEvent
  | { readonly kind: "deadline-reached" }
  | {
      readonly kind: "transcript-ready";
      readonly key: TurnKey;
      readonly text: string;
      /** How likely the user has finished, 0 to 1. */
      readonly endProbability: number;
      /** What the assistant had said shortly before or while the user said this; empty when it was quiet. */
      readonly spokenText: string;
    }
  | { readonly kind: "transcript-failed"; readonly key: TurnKey; readonly failure: Failure }
  /** What was made so far of the user's speech over the reply `key`. */
  | ({ readonly kind: "words-over-reply"; readonly key: TurnKey } & WordsOverReply)
  /** The first words of the reply are there. `isUnderstood`: it is known what the user wants, and nothing of it is missing. */
  | { readonly kind: "reply-begun"; readonly key: TurnKey; readonly isUnderstood?: boolean }
  /** The reply has done something that cannot be taken back. */
  | { readonly kind: "reply-acted"; readonly key: TurnKey }
  | { readonly kind: "audio-started"; readonly key: TurnKey }
  /** The reply is over: played to the end, flushed, or it never had anything to play. */
  | { readonly kind: "reply-finished"; readonly key: TurnKey; readonly asksBack: boolean }
  | { readonly kind: "text-entered"; readonly text: string }
  | { readonly kind: "stop-requested" }
  /** The key or button to talk was pressed or let go. */
  | { readonly kind: "talk-key"; readonly pressed: boolean }
  /** The user says by key that the turn is over. */
  | { readonly kind: "done-requested" }
  /** The user pauses the conversation, or goes on with it. */
  | { readonly kind: "pause-changed"; readonly paused: boolean }
  /** The user switched the microphone off: what was being said is not wanted. */
  | { readonly kind: "microphone-silenced" }
  /** The microphone went away by itself: what was said until then counts. */
  | { readonly kind: "microphone-lost"; readonly atMs: number }
  | { readonly kind: "announcement-due"; readonly text: string };

/** Speech over a reply, as far as it was understood. */
export interface WordsOverReply {
  readonly text: string;
  /** Length of the speech. */
  readonly speechMs: number;
  /** The user paused. */
  readonly isOver: boolean;
  /** What the assistant has said in the last seconds. */
  readonly spokenText: string;
  /** How likely the first word is "stop" or what it is taken for, 0 to 1; undefined where the recognizer does not tell. */
  readonly stopProbability?: number;
  /** How sure the recognizer is of the words, as a natural logarithm; undefined where it does not tell. */
  readonly meanLogProbability?: number;
}

/** How a turn began. */
export type TurnOrigin = "spoken" | "typed" | "announcement";

/** What to do. Commands are carried out in order by the runner. */
export type Command =
  /** A turn exists now: show it, unless the user may not mean the assistant (`addressed`). */
  | {
      readonly kind: "begin-turn";
      readonly key: TurnKey;
      readonly origin: TurnOrigin;
      readonly atMs?: number;
      readonly addressed?: boolean;
    }
  /** Transcribe the utterance that ended at `speechEndedAtMs`, speculatively. */
  | { readonly kind: "transcribe"; readonly key: TurnKey; readonly speechEndedAtMs: number }
  /** Generate and synthesize the reply, silently. */
  | { readonly kind: "respond"; readonly key: TurnKey; readonly text: string }
  /** Say this text, without asking the responder. */
  | { readonly kind: "announce"; readonly key: TurnKey; readonly text: string }
  /** The turn is decided: run the reply's effects and let it be heard. */
  | { readonly kind: "release"; readonly key: TurnKey }
  /** The answer takes long: say so in a word. */
  | { readonly kind: "acknowledge"; readonly key: TurnKey }
  /** Speech went on: everything made for older revisions of this turn is void. */
  | { readonly kind: "revise"; readonly key: TurnKey }
  /** Speech went on after the turn was decided: as `revise`, and its utterance, which began at `atMs`, is open again. */
  | { readonly kind: "reopen"; readonly key: TurnKey; readonly atMs: number }
  /** Find out what the user says over the reply, from `atMs` on. */
  | { readonly kind: "attend"; readonly key: TurnKey; readonly atMs: number }
  /** That speech ended: what was it? */
  | { readonly kind: "attend-pause"; readonly key: TurnKey; readonly speechEndedAtMs: number }
  /** Silence the reply at once and remember what was heard of it. */
  | { readonly kind: "cut"; readonly key: TurnKey }
  /** The reply was given as far as it will be: remember it. */
  | { readonly kind: "complete"; readonly key: TurnKey }
  /** Nothing was said after all: the turn leaves no trace. With a failure it stays visible with it. */
  | { readonly kind: "forget"; readonly key: TurnKey; readonly failure?: Failure }
  /** Speech from now on is a new utterance. */
  | { readonly kind: "close-utterance" }
  /** How loud the reply is: normal, ducked, or held at the sample that is next. */
  | { readonly kind: "reply-level"; readonly level: ReplyLevel };

/** See the `reply-level` command. */
export type ReplyLevel = "normal" | "ducked" | "held";

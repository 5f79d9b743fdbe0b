import type { Failure } from "./failure.ts";
import type { TurnMarks } from "./latency-report.ts";
import type { StreamMetrics } from "./stream-metrics.ts";

/** What the assistant is doing, as the user should see it at a glance. `starting` until the engines are loaded. */
export type AssistantState =
  | "starting"
  | "listening"
  | "hearing"
  | "deciding"
  | "responding"
  | "speaking"
  /** The user has paused the conversation. */
  | "paused"
  /** Waits for the wake phrase. */
  | "asleep"
  /** Waits for the talk key. */
  | "ready"
  | "muted"
  | "failed";

/** One exchange as the window shows it. */
export interface TurnView {
  /** Negative for what another engine said that holds the conversation: then `transcript` is empty. */
  readonly turnId: number;
  /** How the turn began: spoken, typed, or the assistant's own announcement (a timer that is due). */
  readonly origin: "spoken" | "typed" | "announcement";
  /** What the user said or typed; empty for an announcement. Partial while the user is speaking. */
  readonly transcript: string;
  readonly transcriptIsFinal: boolean;
  /** The reply so far. */
  readonly reply: string;
  /** The part of the reply that has left the speaker, a prefix of `reply`. */
  readonly heard: string;
  readonly interrupted: boolean;
  readonly failure?: Failure;
  readonly marks: TurnMarks;
  readonly player?: StreamMetrics;
}

/** Everything the window shows, as one immutable value. A snapshot with a lower `revision` than one already shown is stale. */
export interface AssistantSnapshot {
  readonly revision: number;
  readonly state: AssistantState;
  readonly muted: boolean;
  readonly paused: boolean;
  /** What echo calibration made of the microphone and the speaker. */
  readonly duplex: "full" | "guarded" | "half";
  /** Standing failure that the window shows until it is over, for example a denied microphone. */
  readonly failure?: Failure;
  /** The latest turns, oldest first, at most 200. */
  readonly turns: readonly TurnView[];
  /** Timers and alarms that are running, soonest first. */
  readonly timers: readonly TimerView[];
}

/** A running timer or alarm. */
export interface TimerView {
  readonly id: number;
  readonly label: string;
  /** Epoch ms. */
  readonly dueAtMs: number;
}

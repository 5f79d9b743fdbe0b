import type { AssistantState } from "../../src-shared/turn-view.ts";
import type { TurnRunner } from "../turn/runner.ts";
import type { StandingFailures } from "./standing-failures.ts";

/** What decides what the assistant is doing. */
export interface Glance {
  readonly runner: Pick<TurnRunner, "phase" | "paused" | "attentive">;
  readonly failures: StandingFailures;
  readonly muted: boolean;
  /** What another engine does that holds the conversation. */
  readonly held: AssistantState | undefined;
  readonly needsKey: boolean;
}

/** What the assistant is doing, as the user should see it at a glance. It never claims to hear what no microphone brings. Pure. */
export function stateAtAGlance({ runner, failures, muted, held, needsKey }: Glance): AssistantState {
  const { phase, paused, attentive } = runner;
  if (phase === "hearing" && muted) return "muted";
  if (phase === "hearing" && failures.microphone) return "failed";
  if (phase !== "closed" && phase !== "listening") return paused ? "paused" : phase;
  if (failures.worstWhile(muted)) return "failed";
  if (phase === "closed") return "starting";
  if (paused) return "paused";
  if (held === "starting" || held === "failed" || held === "speaking") return held;
  if (muted) return "muted";
  if (held) return held;
  if (attentive) return "listening";
  return needsKey ? "ready" : "asleep";
}

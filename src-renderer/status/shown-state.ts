import type { AssistantState } from "../../src-shared/turn-view.ts";
import type { MicrophoneStatus } from "../microphone/microphone.ts";
import { STRINGS } from "../strings.ts";
import type { WindowState } from "../window-state.ts";

/** What the window shows at a glance: the assistant's state, unless it is out of reach or cannot hear anything yet. */
export type ShownState = AssistantState | "reconnecting" | "waiting";

/** The state to show. `waiting`: the assistant would listen, but the user has not allowed the microphone. */
export function shownState({
  snapshot,
  connected,
  microphone,
}: Pick<WindowState, "snapshot" | "connected" | "microphone">): ShownState {
  if (!connected) return "reconnecting";
  const isDeaf = microphone.status === "unasked" || microphone.status === "opening";
  return snapshot.state === "listening" && isDeaf ? "waiting" : snapshot.state;
}

/** What the user can do now. It offers to interrupt by talking only while the microphone is open. */
export function hintFor(state: ShownState, microphone: MicrophoneStatus): string {
  return state === "speaking" && microphone !== "live" ? STRINGS.stopHint : STRINGS.hints[state];
}

/** What the user is saying right now, as far as it is understood; empty while nobody speaks. */
export function partialTranscript({ snapshot }: Pick<WindowState, "snapshot">): string {
  const turn = snapshot.turns.at(-1);
  const isHeard = snapshot.state === "hearing" || snapshot.state === "deciding";
  return isHeard && turn?.origin === "spoken" ? turn.transcript : "";
}

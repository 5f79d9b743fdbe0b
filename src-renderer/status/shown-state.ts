import type { AssistantState } from "../../src-shared/turn-view.ts";
import { STRINGS } from "../strings.ts";
import type { WindowState } from "../window-state.ts";

/** What the window shows at a glance: the assistant's state, unless it is out of reach or cannot hear anything yet. */
export type ShownState = AssistantState | "reconnecting" | "waiting";

/** What cannot be while nothing is heard. */
const FOR_EARS = new Set<AssistantState>(["listening", "hearing", "ready", "asleep"]);

/** The state to show. `waiting`: the assistant would listen, but the user has not allowed the microphone. */
export function shownState({
  snapshot,
  connected,
  microphone,
}: Pick<WindowState, "snapshot" | "connected" | "microphone">): ShownState {
  if (!connected) return "reconnecting";
  const isDeaf = ["unknown", "unasked", "opening"].includes(microphone.status);
  return isDeaf && FOR_EARS.has(snapshot.state) ? "waiting" : snapshot.state;
}

/** What the user can do now. It offers to interrupt by talking only while that is possible. */
export function hintFor(
  window: Pick<WindowState, "snapshot" | "connected" | "microphone" | "settings" | "talkKeyHeld">,
): string {
  const { snapshot, microphone, settings, talkKeyHeld } = window;
  const state = shownState(window);
  const { mode = "hands-free", wakePhrase = "" } = settings ?? {};
  if (state === "hearing" && talkKeyHeld) return STRINGS.heldHint;
  if (state === "asleep" && wakePhrase) return STRINGS.asleepHint(wakePhrase);
  if (state !== "speaking") return STRINGS.hints[state];
  if (microphone.status !== "live") return STRINGS.stopHint;
  if (mode === "wake-phrase") return STRINGS.wakeStopHint(wakePhrase);
  return mode === "push-to-talk" || snapshot.duplex === "half" ? STRINGS.sayStopHint : STRINGS.hints.speaking;
}

/** What the user is saying right now, as far as it is understood; empty while nobody speaks. */
export function partialTranscript({ snapshot }: Pick<WindowState, "snapshot">): string {
  const turn = snapshot.turns.at(-1);
  const isHeard = snapshot.state === "hearing" || snapshot.state === "deciding";
  return isHeard && turn?.origin === "spoken" ? turn.transcript : "";
}

import { create } from "zustand";
import type { AssistantBridge } from "../src-shared/assistant-contract.ts";
import type { Settings } from "../src-shared/settings.ts";
import type { AssistantSnapshot } from "../src-shared/turn-view.ts";
import type { PageAudio } from "./audio/page-audio.ts";
import type { MicrophoneView } from "./microphone/microphone.ts";

/** Everything the window shows. It holds no truth of its own: all of it comes from the assistant, the microphone or the browser. */
export interface WindowState {
  readonly snapshot: AssistantSnapshot;
  readonly settings: Settings | undefined;
  readonly connected: boolean;
  readonly microphone: MicrophoneView;
  readonly levelRatio: number;
  readonly soundSuspended: boolean;
}

const INITIAL: WindowState = {
  snapshot: { revision: -1, state: "starting", muted: false, turns: [], timers: [] },
  settings: undefined,
  connected: true,
  microphone: { status: "unasked", label: "", available: [] },
  levelRatio: 0,
  soundSuspended: false,
};

/** What the user can do, as the components call it. */
export interface WindowActions {
  readonly request: AssistantBridge["request"];
  readonly allowMicrophone: () => void;
}

/** The window's one store. */
export const useWindow = create<WindowState>(() => INITIAL);

let actions: WindowActions;

/** Connects the store to the assistant and to the page's audio. Once, before the first render. */
export function connectWindow(bridge: AssistantBridge, audio: Pick<PageAudio, "microphone" | "onSuspended">): void {
  actions = {
    request: (name, input) => bridge.request(name, input),
    allowMicrophone: () => void audio.microphone.allow(),
  };
  bridge.subscribe((event) => {
    switch (event.kind) {
      case "snapshot":
        useWindow.setState((state) => takeSnapshot(state, event.snapshot));
        audio.microphone.setMuted(event.snapshot.muted);
        return;
      case "settings":
        useWindow.setState({ settings: event.settings });
        audio.microphone.choose(event.settings.microphoneLabel);
        return;
      case "connection":
        useWindow.setState((state) => ({
          connected: event.open,
          snapshot: event.open ? { ...state.snapshot, revision: -1 } : state.snapshot,
        }));
    }
  });
  audio.microphone.observe(
    (microphone) => useWindow.setState({ microphone }),
    (levelRatio) => useWindow.setState({ levelRatio }),
  );
  audio.onSuspended((soundSuspended) => useWindow.setState({ soundSuspended }));
}

/** The state with this snapshot, unless a newer one is shown already. */
export function takeSnapshot(state: WindowState, snapshot: AssistantSnapshot): WindowState {
  return snapshot.revision < state.snapshot.revision ? state : { ...state, snapshot };
}

/** The user's ways to act on the assistant. */
export function windowActions(): WindowActions {
  return actions;
}

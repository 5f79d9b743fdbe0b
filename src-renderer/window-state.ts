import { create } from "zustand";
import type { AssistantBridge, AssistantEvent } from "../src-shared/assistant-contract.ts";
import type { Settings } from "../src-shared/settings.ts";
import type { AssistantSnapshot } from "../src-shared/turn-view.ts";
import type { SoundContext } from "./audio/describe-context.ts";
import type { PageAudio } from "./audio/page-audio.ts";
import { EarconWatch } from "./earcons/earcon-watch.ts";
import { playEarcon } from "./earcons/play-earcon.ts";
import { EchoPath } from "./echo/echo-path.ts";
import { EchoTest, type EchoTestStatus } from "./echo/echo-test.ts";
import { watchOutput } from "./echo/output-watch.ts";
import type { MicrophoneView } from "./microphone/microphone.ts";
import { breakOffLab, isLabBusy, tellLab, useLab } from "./playback-lab/lab-state.ts";
import { shareUnchanged } from "./share-unchanged.ts";

/** What the window is for at the moment. */
export type WindowPage = "conversation" | "settings" | "lab";

/** Everything the window shows. It holds no truth of its own: all of it comes from the assistant, the microphone or the browser. */
export interface WindowState {
  readonly snapshot: AssistantSnapshot;
  readonly settings: Settings | undefined;
  readonly connected: boolean;
  readonly microphone: MicrophoneView;
  readonly levelRatio: number;
  readonly soundSuspended: boolean;
  /** Name of the output that the system plays to; empty while the browser does not tell. */
  readonly outputLabel: string;
  readonly echoTest: EchoTestStatus;
  /** Whether the user holds the talk key or its button. */
  readonly talkKeyHeld: boolean;
  readonly page: WindowPage;
}

/** The window before the assistant has said anything. */
export const INITIAL_WINDOW: WindowState = {
  snapshot: {
    revision: -1,
    state: "starting",
    muted: false,
    paused: false,
    duplex: "full",
    turns: [],
    timers: [],
  },
  settings: undefined,
  connected: true,
  microphone: { status: "unknown", label: "", available: [], standsInFor: "" },
  levelRatio: 0,
  soundSuspended: false,
  outputLabel: "",
  echoTest: "idle",
  talkKeyHeld: false,
  page: "conversation",
};

/** What the user can do, as the components call it. */
export interface WindowActions {
  readonly request: AssistantBridge["request"];
  readonly allowMicrophone: () => void;
  /** Turns to a page. Leaving the playback lab stops what plays there. */
  readonly turnTo: (page: WindowPage) => void;
  /** Presses the talk key or lets it go. */
  readonly holdTalkKey: (held: boolean) => void;
  /** Tests the echo as soon as nobody speaks. */
  readonly testEcho: () => void;
  /** Takes {@link WindowActions.testEcho} back. */
  readonly forgoEchoTest: () => void;
  readonly describeSound: () => SoundContext;
}

/** The window's one store. */
export const useWindow = create<WindowState>(() => INITIAL_WINDOW);

let actions: WindowActions;

/** Connects the store to the assistant and to the page's audio. Once, before the first render. */
export function connectWindow(
  bridge: AssistantBridge,
  audio: Pick<PageAudio, "microphone" | "onSuspended" | "nodes" | "describe">,
): void {
  const { microphone } = audio;
  const echoTest = connectEchoTest(bridge, audio);
  actions = {
    request: (name, input) => bridge.request(name, input),
    allowMicrophone: () => void microphone.allow(),
    turnTo: (page) => {
      if (page !== "lab" && isLabBusy(useLab.getState())) void bridge.request("lab-stop", {});
      useWindow.setState({ page });
    },
    holdTalkKey: (talkKeyHeld) => {
      if (talkKeyHeld === useWindow.getState().talkKeyHeld) return;
      useWindow.setState({ talkKeyHeld });
      void bridge.request("talk-key", { pressed: talkKeyHeld });
    },
    testEcho: () => echoTest.want(),
    forgoEchoTest: () => echoTest.forgo(),
    describeSound: () => audio.describe(),
  };
  bridge.subscribe((event) => {
    if (event.kind === "lab") return tellLab(event.event);
    const { connected } = useWindow.getState();
    useWindow.setState((state) => takeEvent(state, event));
    if (event.kind === "snapshot") microphone.setMuted(useWindow.getState().snapshot.muted);
    else if (event.kind === "settings") microphone.choose(event.settings.microphoneLabel);
    else if (!event.open) breakOffLab();
    else if (!connected) microphone.reportAgain();
  });
  microphone.observe(
    (view) => useWindow.setState({ microphone: view }),
    (levelRatio) => useWindow.setState({ levelRatio }),
  );
  audio.onSuspended((soundSuspended) => useWindow.setState({ soundSuspended }));
  connectEarcons(audio);
}

function connectEchoTest(bridge: AssistantBridge, { nodes }: Pick<PageAudio, "nodes">): EchoTest {
  const show = (echoTest: EchoTestStatus): void => useWindow.setState({ echoTest });
  const test = new EchoTest(new EchoPath(nodes), (name, input) => bridge.request(name, input), show);
  useWindow.subscribe((state) => test.notice(state));
  watchOutput((outputLabel) => {
    useWindow.setState({ outputLabel });
    test.noticeOutput(outputLabel);
  });
  return test;
}

function connectEarcons({ nodes }: Pick<PageAudio, "nodes">): void {
  const watch = new EarconWatch((earcon) => {
    if (useWindow.getState().settings?.earcons) void nodes.then(({ output }) => playEarcon(earcon, output));
  });
  useWindow.subscribe(({ snapshot, talkKeyHeld }) => watch.notice({ state: snapshot.state, talkKeyHeld }));
}

/**
 * The window after an event. A snapshot older than the one shown changes nothing; what has not changed in a newer one stays the same object.
 * An assistant that comes back counts its snapshots anew.
 */
export function takeEvent(state: WindowState, event: AssistantEvent): WindowState {
  switch (event.kind) {
    case "snapshot":
      if (event.snapshot.revision < state.snapshot.revision) return state;
      return { ...state, snapshot: shareUnchanged(state.snapshot, event.snapshot) };
    case "settings":
      return { ...state, settings: event.settings };
    case "lab":
      return state;
    case "connection":
      return {
        ...state,
        connected: event.open,
        // What was pressed before it was back is told once it is.
        talkKeyHeld: event.open && state.talkKeyHeld,
        snapshot: { ...state.snapshot, revision: -1 },
      };
  }
}

/** The user's ways to act on the assistant. */
export function windowActions(): WindowActions {
  return actions;
}

import type { ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { useWindow } from "../window-state.ts";
import { LevelHalo, LevelMeter } from "./level-meter.tsx";
import { hintFor, partialTranscript, shownState } from "./shown-state.ts";
import { StateIcon } from "./state-icon.tsx";
import { TalkControls } from "./talk-controls.tsx";

/** What the assistant is doing, at a glance: a picture, a word, and what the user is saying right now. */
export function StatusPanel(): ReactNode {
  const state = useWindow(shownState);
  const partial = useWindow(partialTranscript);
  const hint = useWindow(hintFor);
  const microphone = useWindow((window) => window.microphone.status);
  return (
    <section className="status" data-state={state} data-microphone={microphone}>
      <div className="orb" aria-hidden="true">
        <LevelHalo />
        <span className="orb-ring" />
        <span className="orb-core">
          <StateIcon state={state} />
        </span>
      </div>
      <div className="status-text">
        <p className="status-name" data-testid="state" role="status">
          {STRINGS.states[state]}
        </p>
        <p className={partial ? "partial" : "hint"} data-testid="transcript">
          {partial || hint}
        </p>
        <LevelMeter />
      </div>
      <TalkControls />
    </section>
  );
}

import type { ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { useWindow } from "../window-state.ts";
import { LevelMeter } from "./level-meter.tsx";

/** What the assistant is doing, at a glance: a figure, a word, and what the user is saying right now. */
export function StatusPanel(): ReactNode {
  const state = useWindow(({ snapshot, connected }) => (connected ? snapshot.state : "failed"));
  const microphone = useWindow((window) => window.microphone.status);
  const partial = useWindow(({ snapshot }) => {
    const turn = snapshot.turns.at(-1);
    const isHeard = snapshot.state === "hearing" || snapshot.state === "deciding";
    return isHeard && turn?.origin === "spoken" ? turn.transcript : "";
  });
  return (
    <section className="status" data-state={state} data-microphone={microphone} aria-label={STRINGS.states[state]}>
      <div className="orb" aria-hidden="true">
        <span className="orb-ring" />
        <span className="orb-core" />
      </div>
      <div className="status-text">
        <p className="status-name" data-testid="state" role="status" aria-live="polite">
          {STRINGS.states[state]}
        </p>
        <p className={partial ? "partial" : "hint"} data-testid="transcript" aria-live="off">
          {partial || STRINGS.hints[state]}
        </p>
        <LevelMeter />
      </div>
    </section>
  );
}

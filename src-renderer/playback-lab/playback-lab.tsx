import type { ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { LabForm } from "./lab-form.tsx";
import { LabPlot } from "./lab-plot.tsx";
import { LabResult } from "./lab-result.tsx";
import { PastRuns } from "./past-runs.tsx";
import "./playback-lab.css";

/** A page to try the player on: what to play and how it arrives, the buffer while it plays, what was measured, and earlier runs beside it. */
export function PlaybackLab(): ReactNode {
  return (
    <section className="lab" aria-label={STRINGS.lab.name} data-testid="lab">
      <LabForm />
      <LabPlot />
      <LabResult />
      <PastRuns />
    </section>
  );
}

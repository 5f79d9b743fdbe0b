import { useState, type ReactNode } from "react";
import { metricsLine } from "../../src-shared/metrics-line.ts";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";
import { inMs, PlayerRows, Row } from "../latency/player-rows.tsx";
import { STRINGS } from "../strings.ts";
import { downloadJson } from "./download-json.ts";
import { labReport } from "./lab-report.ts";
import { useLab } from "./lab-state.ts";

const TEXT = STRINGS.lab;

/** What was measured of the last run, in words, and the report to take away. Nothing until a run is finished. */
export function LabResult(): ReactNode {
  const run = useLab(({ run }) => (run?.status === "finished" ? run : undefined));
  const [withText, setWithText] = useState(false);
  if (!run) return null;
  const exportReport = (): void => {
    const exportedAt = new Date();
    const name = `playback-lab-${exportedAt.toISOString().replaceAll(/[:.]/g, "-")}.json`;
    downloadJson(name, labReport(run, { withText, exportedAt }));
  };
  return (
    <section className="card lab-result" data-testid="lab-result">
      <h2>{TEXT.result}</h2>
      {run.metrics && <Metrics metrics={run.metrics} />}
      <div className="wide-field save">
        <button type="button" data-testid="lab-export" onClick={exportReport}>
          {TEXT.exportReport}
        </button>
        {run.request.source.kind === "text" && (
          <label className="lab-tick">
            <input type="checkbox" checked={withText} onChange={(event) => setWithText(event.target.checked)} />
            {TEXT.withText}
          </label>
        )}
      </div>
    </section>
  );
}

function Metrics({ metrics }: { readonly metrics: StreamMetrics }): ReactNode {
  const { rows } = TEXT;
  return (
    <>
      <p className="wide-field lab-line" data-testid="lab-line">
        {metricsLine(metrics)}
      </p>
      <dl>
        <Row name={rows.ttfa} value={inMs(metrics.ttfaMs)} />
        <Row name={rows.decoded} value={inMs(metrics.firstSampleDecodedMs)} />
        <Row name={rows.silence} value={inMs(metrics.leadingSilenceMs)} />
        <Row name={rows.threshold} value={inMs(metrics.startThresholdMs)} />
        <Row name={rows.buffered} value={inMs(metrics.bufferMeanMs)} />
        <Row name={rows.audio} value={inMs(metrics.audioMs)} />
        <Row name={rows.stretched} value={inMs(metrics.stretchedMs)} />
        <Row name={rows.errors} value={String(metrics.decodeErrors)} />
      </dl>
      <dl>
        <PlayerRows player={metrics} />
        <Row name={rows.underruns} value={String(metrics.underruns)} />
      </dl>
    </>
  );
}

import type { ReactNode } from "react";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";
import { inMs } from "../latency/player-rows.tsx";
import { STRINGS } from "../strings.ts";
import { presetOf } from "./lab-draft.ts";
import type { LabRun } from "./lab-run.ts";
import { showRun, useLab } from "./lab-state.ts";

const TEXT = STRINGS.lab;

/** The runs so far, newest first, to compare one policy with another; each can be shown again. */
export function PastRuns(): ReactNode {
  const past = useLab((state) => state.past);
  if (past.length === 0) return null;
  return (
    <section className="card lab-past">
      <h2>{TEXT.past}</h2>
      <div className="wide-field lab-table">
        <table data-testid="lab-past">
          <thead>
            <tr>
              {TEXT.columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {past.map((run, index) => (
              <PastRun key={past.length - index} run={run} metrics={run.metrics} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function PastRun({ run, metrics }: { readonly run: LabRun; readonly metrics: StreamMetrics | undefined }): ReactNode {
  const isShown = useLab((state) => state.run === run);
  const { startPolicy, jitter } = run.request;
  const preset = presetOf(jitter);
  const gapsClass = (metrics?.underruns ?? 0) > 0 ? "bad" : undefined;
  return (
    <tr aria-current={isShown || undefined}>
      <td>
        <button type="button" onClick={() => showRun(run)}>
          {startPolicy.kind === "fixed" ? TEXT.fixedStart(startPolicy.preRollMs) : TEXT.policies.adaptive}
        </button>
      </td>
      <td>
        {preset ? TEXT.presets[preset] : jitter}
        {run.interrupted && <span className="tag">{TEXT.incomplete}</span>}
      </td>
      <td>{inMs(metrics?.ttfaMs)}</td>
      <td className={gapsClass}>{metrics?.underruns}</td>
      <td className={gapsClass}>{inMs(metrics?.underrunTotalMs)}</td>
      <td>{inMs(metrics?.stretchedMs)}</td>
    </tr>
  );
}

import type { ReactNode } from "react";
import { timeToFirstAudioMs, voiceToVoiceMs, type MarkName } from "../../src-shared/latency-report.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { STRINGS } from "../strings.ts";
import { Waterfall } from "./waterfall.tsx";

/** The turn's latency in one line, with the waterfall and every mark behind it. Nothing until something was measured. */
export function LatencySummary({ turn }: { readonly turn: TurnView }): ReactNode {
  const { marks, player } = turn;
  if (marks.firstAudibleAtMs === undefined) return null;
  const origin = marks.speechEndedAtMs ?? marks.turnDecidedAtMs ?? marks.firstAudibleAtMs;
  const ordered = (Object.entries(marks) as [MarkName, number][]).toSorted(([, a], [, b]) => a - b);
  const latencyMs = voiceToVoiceMs(marks);
  return (
    <details className="latency" data-testid="latency">
      <summary>
        {latencyMs !== undefined && <Figure name={STRINGS.latency.voiceToVoice} value={milliseconds(latencyMs)} />}
        <Figure name={STRINGS.latency.firstAudio} value={milliseconds(timeToFirstAudioMs(marks))} />
        {player && (
          <Figure name={STRINGS.latency.underruns} value={String(player.underruns)} isBad={player.underruns > 0} />
        )}
        <Waterfall marks={marks} />
      </summary>
      <dl>
        {ordered.map(([name, atMs]) => (
          <div key={name}>
            <dt>{name.replace(/AtMs$/, "")}</dt>
            <dd>{milliseconds(atMs - origin)}</dd>
          </div>
        ))}
        {player && (
          <>
            <div>
              <dt>generation</dt>
              <dd>{milliseconds(player.generationMs)}</dd>
            </div>
            <div>
              <dt>playback</dt>
              <dd>{milliseconds(player.playbackMs)}</dd>
            </div>
            <div>
              <dt>gaps</dt>
              <dd>{milliseconds(player.underrunTotalMs)}</dd>
            </div>
          </>
        )}
      </dl>
    </details>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly isBad?: boolean;
}

function Figure({ name, value, isBad = false }: FigureProps): ReactNode {
  return (
    <span className={isBad ? "figure bad" : "figure"}>
      <b>{value}</b> {name}
    </span>
  );
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? STRINGS.latency.notMeasured : `${Math.round(value)} ms`;
}

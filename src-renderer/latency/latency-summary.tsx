import type { ReactNode } from "react";
import { timeToFirstAudioMs, voiceToVoiceMs, type MarkName } from "../../src-shared/latency-report.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { STRINGS } from "../strings.ts";
import { inMs, PlayerRows, Row } from "./player-rows.tsx";
import { Waterfall, WaterfallLegend } from "./waterfall.tsx";

const TEXT = STRINGS.latency;

/** The turn's latency in one line, with the stages and every mark behind it. Nothing until something was measured. */
export function LatencySummary({ turn }: { readonly turn: TurnView }): ReactNode {
  const { marks, player } = turn;
  if (marks.firstAudibleAtMs === undefined) return null;
  const latencyMs = voiceToVoiceMs(marks);
  return (
    <details className="latency" data-testid="latency">
      <summary>
        <span className="figures">
          {latencyMs !== undefined && <Figure name={TEXT.voiceToVoice} value={inMs(latencyMs)} />}
          <Figure name={TEXT.firstAudio} value={inMs(timeToFirstAudioMs(marks))} />
          {player && <Figure name={TEXT.underruns} value={String(player.underruns)} isBad={player.underruns > 0} />}
        </span>
        <Waterfall marks={marks} />
      </summary>
      <div className="latency-details">
        <section>
          <h3>{TEXT.stages}</h3>
          <WaterfallLegend marks={marks} />
        </section>
        <Marks turn={turn} />
        {player && (
          <section>
            <h3>{TEXT.player}</h3>
            <dl>
              <PlayerRows player={player} />
            </dl>
          </section>
        )}
      </div>
    </details>
  );
}

function Marks({ turn: { marks } }: { readonly turn: TurnView }): ReactNode {
  const origin = marks.speechEndedAtMs ?? marks.turnDecidedAtMs ?? marks.firstAudibleAtMs ?? 0;
  const ordered = (Object.entries(marks) as [MarkName, number][]).toSorted(([, a], [, b]) => a - b);
  return (
    <section>
      <h3>{TEXT.marksTitle}</h3>
      <dl>
        {ordered.map(([name, atMs]) => (
          <Row key={name} name={TEXT.marks[name]} value={inMs(atMs - origin)} />
        ))}
      </dl>
    </section>
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

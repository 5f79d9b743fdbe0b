import type { ReactNode } from "react";
import { latencyWaterfall, type TurnMarks } from "../../src-shared/latency-report.ts";
import { STRINGS } from "../strings.ts";

const WIDTH = 240;
const BAR_HEIGHT = 5;
const SHORTEST_BAR = 2;

/** The stages of one turn as bars on a common time axis that begins at the end of the user's speech. */
export function Waterfall({ marks }: { readonly marks: TurnMarks }): ReactNode {
  const bars = latencyWaterfall(marks);
  const lengthMs = Math.max(1, ...bars.map(({ toMs }) => toMs));
  return (
    <svg
      className="waterfall"
      data-testid="waterfall"
      viewBox={`0 0 ${WIDTH} ${bars.length * (BAR_HEIGHT + 2)}`}
      role="img"
      aria-label={bars
        .map(
          ({ name, fromMs, toMs }) => `${STRINGS.latency.bars[name]} ${Math.round(fromMs)} to ${Math.round(toMs)} ms`,
        )
        .join(", ")}
    >
      {bars.map(({ name, fromMs, toMs }, row) => (
        <rect
          key={name}
          className={`bar-${name}`}
          x={(Math.max(0, fromMs) / lengthMs) * WIDTH}
          y={row * (BAR_HEIGHT + 2)}
          width={Math.max(SHORTEST_BAR, ((toMs - Math.max(0, fromMs)) / lengthMs) * WIDTH)}
          height={BAR_HEIGHT}
          rx={1.5}
        >
          <title>{`${STRINGS.latency.bars[name]}: ${Math.round(fromMs)}–${Math.round(toMs)} ms`}</title>
        </rect>
      ))}
    </svg>
  );
}

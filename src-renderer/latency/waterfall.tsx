import type { ReactNode } from "react";
import { latencyWaterfall, type TurnMarks } from "../../src-shared/latency-report.ts";
import { STRINGS } from "../strings.ts";
import { layOutWaterfall, type PlacedBar } from "./lay-out-waterfall.ts";

const WIDTH = 240;
const ROW_HEIGHT = 5;
const BAR_HEIGHT = 4;

/** The stages of one turn as bars on a time axis that begins where the user stopped speaking; a line every half second. */
export function Waterfall({ marks }: { readonly marks: TurnMarks }): ReactNode {
  const { bars, tickShares } = layOutWaterfall(latencyWaterfall(marks));
  if (bars.length === 0) return null;
  const height = bars.length * ROW_HEIGHT;
  return (
    <svg
      className="waterfall"
      data-testid="waterfall"
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label={bars.map(describe).join(", ")}
    >
      {tickShares.map((share) => (
        <line key={share} x1={share * WIDTH} x2={share * WIDTH} y1={0} y2={height} />
      ))}
      {bars.map((bar, row) => (
        <rect
          key={bar.name}
          className={`bar-${bar.name}`}
          x={bar.startShare * WIDTH}
          y={row * ROW_HEIGHT}
          width={bar.widthShare * WIDTH}
          height={BAR_HEIGHT}
          rx={1}
        >
          <title>{describe(bar)}</title>
        </rect>
      ))}
    </svg>
  );
}

/** The bars by name and colour, with their times in ms. */
export function WaterfallLegend({ marks }: { readonly marks: TurnMarks }): ReactNode {
  return (
    <dl className="legend">
      {latencyWaterfall(marks).map(({ name, fromMs, toMs }) => (
        <div key={name}>
          <dt>
            <svg className="swatch" viewBox="0 0 8 8" aria-hidden="true">
              <rect className={`bar-${name}`} width={8} height={8} rx={2} />
            </svg>
            {STRINGS.latency.bars[name]}
          </dt>
          <dd>{Math.round(toMs - fromMs)} ms</dd>
        </div>
      ))}
    </dl>
  );
}

function describe({ name, fromMs, toMs }: PlacedBar): string {
  return `${STRINGS.latency.bars[name]} ${Math.round(fromMs)} to ${Math.round(toMs)} ms`;
}

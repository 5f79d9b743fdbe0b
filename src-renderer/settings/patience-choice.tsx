import type { ReactNode } from "react";
import measured from "../../resources/patience-curve.json" with { type: "json" };
import type { PatienceCurve } from "../../src-shared/patience-curve.ts";
import type { Patience } from "../../src-shared/settings.ts";
import { STRINGS } from "../strings.ts";
import { PatiencePlot } from "./patience-plot.tsx";
import { Segments } from "./segments.tsx";

const TEXT = STRINGS.settingsPanel.patience;
const CURVE = measured as PatienceCurve | null;

interface PatienceChoiceProps {
  readonly value: Patience;
  readonly onChoose: (patience: Patience) => void;
  /** What was measured; null when nothing was. */
  readonly curve?: PatienceCurve | null;
}

/** The patience with which the assistant waits for the end of a turn, and what every choice was measured to cost and to bring. */
export function PatienceChoice({ value, onChoose, curve = CURVE }: PatienceChoiceProps): ReactNode {
  const ofValue = curve?.settings.find(({ patience }) => patience === value);
  return (
    <div className="wide-field patience">
      <Segments label={TEXT.name} names={TEXT.names} value={value} onChoose={onChoose} />
      <p className="hint" data-testid="patience-figures">
        {TEXT.hints[value]} {ofValue ? TEXT.figures(ofValue) : TEXT.notMeasured}
      </p>
      {curve && (
        <>
          <PatiencePlot curve={curve} chosen={value} />
          <p className="hint">{TEXT.legend(curve.measuredWith)}</p>
        </>
      )}
    </div>
  );
}

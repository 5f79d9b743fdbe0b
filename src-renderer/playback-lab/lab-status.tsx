import type { ReactNode } from "react";
import { userSentence } from "../../src-shared/failure.ts";
import { STRINGS } from "../strings.ts";
import { useLab, type LabState } from "./lab-state.ts";

const TEXT = STRINGS.lab;

/** How the experiment goes, in words; why it failed if it did. */
export function LabStatus(): ReactNode {
  const status = useLab(statusInWords);
  const failure = useLab(({ run }) => run?.failure);
  return (
    <div className="lab-status">
      <span role="status" data-testid="lab-status">
        {status}
      </span>
      {failure && (
        <p className="turn-failure" role="alert" data-testid="lab-failure">
          {userSentence(failure.code)}
          {failure.detail && <span className="detail">{failure.detail}</span>}
        </p>
      )}
    </div>
  );
}

function statusInWords({ run }: LabState): string {
  if (!run) return "";
  const { status, starvedAtMs, interrupted, failure } = run;
  if (status === "finished" && failure) return TEXT.failed;
  if (status === "finished" && interrupted) return TEXT.stopped;
  const gaps = status === "playing" && starvedAtMs.length > 0 ? TEXT.gapsSoFar(starvedAtMs.length) : "";
  return `${TEXT.status[status]} ${gaps}`.trim();
}

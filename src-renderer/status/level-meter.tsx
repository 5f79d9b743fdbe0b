import type { ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { useWindow } from "../window-state.ts";

/** Level shown as empty, in dB below full scale. */
const FLOOR_DB = -60;

/** The microphone's level, on a dB scale. */
export function LevelMeter(): ReactNode {
  const levelRatio = useWindow((state) => state.levelRatio);
  const shown = levelShare(levelRatio);
  return (
    <meter className="level" min={0} max={1} value={shown} aria-label={STRINGS.microphone.level}>
      {Math.round(shown * 100)} %
    </meter>
  );
}

/** Share of the meter for an amplitude ratio: 0 at -60 dB and below, 1 at 0 dB. */
export function levelShare(levelRatio: number): number {
  if (levelRatio <= 0) return 0;
  return Math.max(0, Math.min(1, 1 - (20 * Math.log10(levelRatio)) / FLOOR_DB));
}

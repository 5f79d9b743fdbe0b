import { useEffect, useRef, type ReactNode } from "react";
import { STRINGS } from "../strings.ts";
import { useWindow } from "../window-state.ts";

/** Level shown as empty, in dB below full scale. */
const FLOOR_DB = -60;

/** The microphone's level, on a dB scale. */
export function LevelMeter(): ReactNode {
  const share = useWindow((state) => levelShare(state.levelRatio));
  return (
    <meter className="level" min={0} max={1} value={share} aria-label={STRINGS.microphone.level}>
      {Math.round(share * 100)} %
    </meter>
  );
}

/** A halo that swells with the microphone's level. */
export function LevelHalo(): ReactNode {
  const halo = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      useWindow.subscribe(({ levelRatio }, { levelRatio: before }) => {
        if (levelRatio !== before) halo.current?.style.setProperty("--level", levelShare(levelRatio).toFixed(2));
      }),
    [],
  );
  return <span className="orb-halo" ref={halo} />;
}

/** Share of the meter for an amplitude ratio: 0 at -60 dB and below, 1 at 0 dB. */
export function levelShare(levelRatio: number): number {
  if (levelRatio <= 0) return 0;
  return Math.max(0, Math.min(1, 1 - (20 * Math.log10(levelRatio)) / FLOOR_DB));
}

import type { AlignedData } from "uplot";
import type { PatienceCurve } from "../../src-shared/patience-curve.ts";

/** By growing delay in ms: cut-ins in percent by silence alone, by every setting, and by the setting that is chosen; null where there is none. */
export function patienceColumns({ silenceOnly, settings }: PatienceCurve, chosen: string): AlignedData {
  const points = [
    ...silenceOnly.map((point) => ({ ...point, patience: "" })),
    ...settings.map((point) => ({ ...point, thresholdMs: 0 })),
  ].toSorted((a, b) => a.medianDelayMs - b.medianDelayMs);
  const percentWhere = (belongs: (patience: string) => boolean) =>
    points.map(({ patience, cutInRatio }) => (belongs(patience) ? cutInRatio * 100 : null));
  return [
    points.map(({ medianDelayMs }) => medianDelayMs),
    percentWhere((patience) => patience === ""),
    percentWhere((patience) => patience !== "" && patience !== chosen),
    percentWhere((patience) => patience === chosen),
  ];
}

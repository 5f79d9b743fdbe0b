import { expect, test } from "vitest";
import measured from "../../../resources/patience-curve.json" with { type: "json" };
import { patienceColumns } from "../../../src-renderer/settings/patience-columns.ts";
import { patienceCurveSchema } from "../../../src-shared/patience-curve.ts";

test("the curve that is shown is well-formed, or says that nothing was measured", () => {
  expect(patienceCurveSchema.nullable().safeParse(measured)).toMatchObject({ success: true });
});

test("every point stands in the column of what it belongs to, by growing delay", () => {
  const curve = {
    measuredWith: "nothing",
    silenceOnly: [
      { thresholdMs: 200, medianDelayMs: 300, cutInRatio: 0.5 },
      { thresholdMs: 800, medianDelayMs: 900, cutInRatio: 0.25 },
    ],
    settings: [
      { patience: "patient" as const, medianDelayMs: 600, p95DelayMs: 1_500, cutInRatio: 0 },
      { patience: "quick" as const, medianDelayMs: 250, p95DelayMs: 700, cutInRatio: 0.125 },
    ],
  };
  expect(patienceColumns(curve, "quick")).toEqual([
    [250, 300, 600, 900],
    [null, 50, null, 25],
    [null, null, 0, null],
    [12.5, null, null, null],
  ]);
});

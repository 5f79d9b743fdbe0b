import { expect, test } from "vitest";
import { layOutWaterfall } from "../../../src-renderer/latency/lay-out-waterfall.ts";
import { latencyWaterfall } from "../../../src-shared/latency-report.ts";
import { turnView } from "../snapshots.ts";

test("turns of up to a second share one scale", () => {
  const { axisMs, bars, tickShares } = layOutWaterfall(latencyWaterfall(turnView().marks));
  expect(axisMs).toBe(1_000);
  expect(tickShares).toEqual([0.5]);
  expect(bars.find(({ name }) => name === "decide")).toMatchObject({ startShare: 0, widthShare: 0.5 });
  expect(bars.find(({ name }) => name === "play")?.startShare).toBeCloseTo(0.5, 9);
  expect(bars.find(({ name }) => name === "play")?.widthShare).toBeCloseTo(0.06, 9);
});

test("a longer turn has an axis of whole half seconds with a line at each", () => {
  const { axisMs, tickShares } = layOutWaterfall([{ name: "respond", fromMs: 0, toMs: 1_501 }]);
  expect(axisMs).toBe(2_000);
  expect(tickShares).toEqual([0.25, 0.5, 0.75]);
});

test("every bar can be seen and none leaves the axis", () => {
  const { bars } = layOutWaterfall([
    { name: "transcribe", fromMs: -300, toMs: -100 },
    { name: "decide", fromMs: 0, toMs: 0 },
    { name: "play", fromMs: 1_000, toMs: 1_000 },
  ]);
  for (const { startShare, widthShare } of bars) {
    expect(startShare).toBeGreaterThanOrEqual(0);
    expect(widthShare).toBeGreaterThan(0);
    expect(startShare + widthShare).toBeLessThanOrEqual(1 + 1e-9);
  }
});

test("without a measurement there is nothing to draw", () => {
  expect(layOutWaterfall(latencyWaterfall({})).bars).toEqual([]);
});

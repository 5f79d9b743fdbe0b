import type { WaterfallBar } from "../../src-shared/latency-report.ts";

/** Turns up to this long share one scale, so that they can be compared by eye. */
const SHORTEST_AXIS_MS = 1_000;
const TICK_MS = 500;
/** A bar of no time is still a bar. */
const SMALLEST_SHARE = 0.008;

/** A bar placed on the axis, as shares of its length. */
export interface PlacedBar extends WaterfallBar {
  readonly startShare: number;
  readonly widthShare: number;
}

/** A waterfall ready to be drawn. The axis begins where the user stopped speaking. */
export interface WaterfallLayout {
  readonly axisMs: number;
  readonly bars: readonly PlacedBar[];
  /** Where to draw a line, as shares of the axis: every 500 ms, without its ends. */
  readonly tickShares: readonly number[];
}

/** Places the bars on a common axis of whole half seconds. What happened before its beginning is cut off there. */
export function layOutWaterfall(bars: readonly WaterfallBar[]): WaterfallLayout {
  const lastMs = Math.max(SHORTEST_AXIS_MS, ...bars.map(({ toMs }) => toMs));
  const axisMs = Math.ceil(lastMs / TICK_MS) * TICK_MS;
  return {
    axisMs,
    bars: bars.map((bar) => {
      const startShare = Math.min(Math.max(0, bar.fromMs) / axisMs, 1 - SMALLEST_SHARE);
      return { ...bar, startShare, widthShare: Math.max(SMALLEST_SHARE, bar.toMs / axisMs - startShare) };
    }),
    tickShares: Array.from({ length: axisMs / TICK_MS - 1 }, (_, index) => ((index + 1) * TICK_MS) / axisMs),
  };
}

import { quantile, type BenchRow } from "../bench-result.ts";
import type { TurnItem } from "./set/turn-item.ts";

/** How one turn was answered under one setting. */
export interface AnsweredTurn {
  readonly item: TurnItem;
  /** The end was decided before it was there. */
  readonly cutIn: boolean;
  /** From the true end to the first audible sample; Infinity for a turn without an answer. Only of use without a cut-in. */
  readonly delayMs: number;
}

/** What a setting is worth. */
export interface EndpointFigures {
  /** Share of the turns that were cut into, 0 to 1. */
  readonly cutInRate: number;
  /** Of the turns that were not. */
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly unanswered: number;
}

/** Sums up one setting. A turn without an answer counts as an endless delay. */
export function endpointFigures(turns: readonly AnsweredTurn[]): EndpointFigures {
  const delaysMs = turns.filter(({ cutIn }) => !cutIn).map(({ delayMs }) => delayMs);
  return {
    cutInRate: cutInRate(turns),
    medianMs: quantile(delaysMs, 0.5),
    p95Ms: quantile(delaysMs, 0.95),
    unanswered: delaysMs.filter((delayMs) => delayMs === Number.POSITIVE_INFINITY).length,
  };
}

/** Share of turns cut into, 0 to 1; NaN without turns. */
export function cutInRate(turns: readonly AnsweredTurn[]): number {
  return turns.filter(({ cutIn }) => cutIn).length / turns.length;
}

/** The cut-in rate that a curve has at a median delay: straight between its points, and level beyond its ends. */
export function cutInRateAt(curve: readonly EndpointFigures[], medianMs: number): number {
  const sorted = curve.toSorted((a, b) => a.medianMs - b.medianMs);
  const next = sorted.findIndex((point) => point.medianMs >= medianMs);
  const after = sorted[next] ?? sorted.at(-1);
  const before = sorted[next - 1] ?? after;
  if (!after || !before) return Number.NaN;
  const spanMs = after.medianMs - before.medianMs;
  const share = spanMs === 0 ? 1 : (medianMs - before.medianMs) / spanMs;
  return before.cutInRate + (after.cutInRate - before.cutInRate) * share;
}

/** A row of the table of settings. */
export function endpointRow(setting: string, figures: EndpointFigures): BenchRow {
  return {
    setting,
    "cut-ins %": figures.cutInRate * 100,
    "median ms": figures.medianMs,
    "p95 ms": figures.p95Ms,
    unanswered: figures.unanswered,
  };
}

import { expect, test } from "vitest";
import { askedRun } from "../../../src-renderer/playback-lab/lab-run.ts";
import {
  audioColumns,
  bufferColumns,
  PLOT_FIGURES,
  timeAxisEndS,
} from "../../../src-renderer/playback-lab/plot-figures.ts";
import { labLevel, labPlay } from "./lab-events.ts";

const LEVELS = [
  labLevel(40, { receivedMs: 100, bufferedMs: 100, slowBelowMs: 60 }),
  labLevel(80, { receivedMs: 1_500, bufferedMs: 900, slowBelowMs: 80 }),
];

test("levels become columns: time in s, buffer in ms, audio in s", () => {
  expect(bufferColumns(LEVELS)).toEqual([
    [0.04, 0.08],
    [100, 900],
    [60, 80],
  ]);
  expect(audioColumns(LEVELS)).toEqual([
    [0.04, 0.08],
    [0.1, 1.5],
    [0, 0.6],
  ]);
  expect(bufferColumns([])).toEqual([[], [], []]);
});

test.each([
  [0, 2],
  [1_999, 2],
  [2_001, 3],
  [61_000, 61],
])("with the last level at %i ms the time axis ends at %i s", (atMs, endS) => {
  expect(timeAxisEndS([labLevel(atMs)])).toBe(endS);
  expect(timeAxisEndS([])).toBe(2);
});

test("every figure says its value at one instant", () => {
  const level = labLevel(80, { receivedMs: 1_500, bufferedMs: 899.6, stretchedMs: 12, underruns: 3 });
  const values = PLOT_FIGURES.map(({ name, valueAt }) => [
    name,
    valueAt(level, { ...askedRun(labPlay()), audibleAtMs: 210.4 }),
  ]);
  expect(Object.fromEntries(values)).toEqual({
    bufferedMs: "900 ms",
    slowBelowMs: "80 ms",
    stretchedMs: "12 ms",
    underruns: "3",
    receivedMs: "1.50 s",
    playedMs: "0.60 s",
    audibleAtMs: "210 ms",
  });
});

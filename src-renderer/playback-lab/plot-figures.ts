import type { AlignedData } from "uplot";
import type { LabLevel } from "../../src-shared/playback-lab.ts";
import type { STRINGS } from "../strings.ts";
import type { LabRun } from "./lab-run.ts";

/** A figure named beside the plots: its look there, and its value at one instant of a run. */
export interface PlotFigure {
  readonly name: keyof typeof STRINGS.lab.figures;
  readonly swatch: "line" | "dashes" | "band" | "mark";
  readonly valueAt: (level: LabLevel, run: LabRun) => string;
}

/** Everything that the plots show, in the order in which it is named. */
export const PLOT_FIGURES: readonly PlotFigure[] = [
  { name: "bufferedMs", swatch: "line", valueAt: ({ bufferedMs }) => inMs(bufferedMs) },
  { name: "slowBelowMs", swatch: "dashes", valueAt: ({ slowBelowMs }) => inMs(slowBelowMs) },
  { name: "stretchedMs", swatch: "band", valueAt: ({ stretchedMs }) => inMs(stretchedMs) },
  { name: "underruns", swatch: "mark", valueAt: ({ underruns }) => String(underruns) },
  { name: "receivedMs", swatch: "line", valueAt: ({ receivedMs }) => inSeconds(receivedMs) },
  { name: "playedMs", swatch: "line", valueAt: (level) => inSeconds(playedMs(level)) },
  {
    name: "audibleAtMs",
    swatch: "mark",
    valueAt: (_, { audibleAtMs }) => (audibleAtMs === undefined ? "" : inMs(audibleAtMs)),
  },
];

/** Time in s, what is buffered and below what playback is slowed down, both in ms. */
export function bufferColumns(levels: readonly LabLevel[]): AlignedData {
  return [
    levels.map(({ atMs }) => atMs / 1000),
    levels.map(({ bufferedMs }) => bufferedMs),
    levels.map(({ slowBelowMs }) => slowBelowMs),
  ];
}

/** Time, audio received and audio played, all in s. */
export function audioColumns(levels: readonly LabLevel[]): AlignedData {
  return [
    levels.map(({ atMs }) => atMs / 1000),
    levels.map(({ receivedMs }) => receivedMs / 1000),
    levels.map((level) => playedMs(level) / 1000),
  ];
}

/** End of the time axis in s: the next whole second, so that it does not creep; at least 2. */
export function timeAxisEndS(levels: readonly LabLevel[]): number {
  return Math.max(2, Math.ceil((levels.at(-1)?.atMs ?? 0) / 1000));
}

function playedMs({ receivedMs, bufferedMs }: LabLevel): number {
  return Math.max(0, receivedMs - bufferedMs);
}

function inMs(value: number): string {
  return `${Math.round(value)} ms`;
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

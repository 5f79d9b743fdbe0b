import uPlot from "uplot";
import { STRINGS } from "../strings.ts";
import { stretchedSpans, type LabRun } from "./lab-run.ts";
import { audioColumns, bufferColumns, timeAxisEndS } from "./plot-figures.ts";

const TEXT = STRINGS.lab;
const BUFFER_HEIGHT = 150;
const AUDIO_HEIGHT = 120;
const LEAST_BUFFER_AXIS_MS = 200;
const MARK_SIZE = 5;
/** Drawn when there is nothing to draw yet. */
const EMPTY: uPlot.AlignedData = [[], [], []];

type Curve = "buffered" | "slow-below" | "received" | "played";

/**
 * Two plots over one time axis: how much is buffered, and how much audio was received and played. Colours are those of the style sheet when the
 * plots are made.
 */
export class RunPlots {
  readonly #plots: readonly [uPlot, uPlot];
  readonly #onLook: (index: number | undefined) => void;
  #run: LabRun | undefined;

  /** `onLook`: the level under the pointer, undefined when it is elsewhere. */
  constructor(parent: HTMLElement, onLook: (index: number | undefined) => void) {
    this.#onLook = onLook;
    const color = colorsOf(parent);
    const buffer = this.#optionsOf(parent, color, BUFFER_HEIGHT, TEXT.bufferAxis, ["buffered", "slow-below"]);
    const audio = this.#optionsOf(parent, color, AUDIO_HEIGHT, TEXT.audioAxis, ["received", "played"]);
    const atLeast: uPlot.Scale.Range = (_, _least, most) => [0, Math.max(LEAST_BUFFER_AXIS_MS, (most ?? 0) * 1.1)];
    const fromZero: uPlot.Scale.Range = (_, _least, most) => [0, Math.max(1, (most ?? 0) * 1.05)];
    this.#plots = [
      new uPlot({ ...buffer, scales: { ...buffer.scales, y: { range: atLeast } } }, EMPTY, parent),
      new uPlot({ ...audio, scales: { ...audio.scales, y: { range: fromZero } } }, EMPTY, parent),
    ];
  }

  /** Draws a run as far as it has come. */
  draw(run: LabRun | undefined): void {
    this.#run = run;
    const [buffer, audio] = this.#plots;
    buffer.setData(run ? bufferColumns(run.levels) : EMPTY);
    audio.setData(run ? audioColumns(run.levels) : EMPTY);
  }

  /** Fits the plots to a width in CSS pixels. */
  resize(width: number): void {
    for (const plot of this.#plots) if (width > 0 && plot.width !== width) plot.setSize({ width, height: plot.height });
  }

  destroy(): void {
    for (const plot of this.#plots) plot.destroy();
  }

  #optionsOf(
    parent: HTMLElement,
    color: (name: string) => string,
    height: number,
    label: string,
    curves: readonly Curve[],
  ): uPlot.Options {
    const axis: uPlot.Axis = {
      stroke: color("--soft"),
      font: `11px ${getComputedStyle(parent).fontFamily}`,
      labelFont: `11px ${getComputedStyle(parent).fontFamily}`,
      grid: { stroke: color("--line"), width: 1 },
      ticks: { show: false },
    };
    return {
      width: parent.clientWidth,
      height,
      padding: [10, 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, sync: { key: "playback-lab" } },
      scales: { x: { time: false, range: () => [0, timeAxisEndS(this.#run?.levels ?? [])] } },
      axes: [
        { ...axis, size: 26, values: (_, splits) => splits.map((at) => `${at} s`) },
        { ...axis, size: 44, label, labelSize: 18 },
      ],
      series: [
        {},
        ...curves.map((curve) => ({
          stroke: color(`--plot-${curve}`),
          width: curve === "slow-below" ? 1 : 2,
          points: { show: false },
          ...(curve === "slow-below" ? { dash: [5, 4] } : {}),
        })),
      ],
      hooks: {
        drawClear: [(plot) => this.#drawSpans(plot, color("--plot-stretched"))],
        draw: [(plot) => this.#drawMarks(plot, color)],
        setCursor: [({ cursor }) => this.#onLook(cursor.idx ?? undefined)],
      },
    };
  }

  #drawSpans(plot: uPlot, color: string): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.fillStyle = color;
    for (const [fromMs, toMs] of stretchedSpans(this.#run?.levels ?? [])) {
      const left = plot.valToPos(fromMs / 1000, "x", true);
      ctx.fillRect(left, bbox.top, plot.valToPos(toMs / 1000, "x", true) - left, bbox.height);
    }
    ctx.restore();
  }

  #drawMarks(plot: uPlot, color: (name: string) => string): void {
    const { audibleAtMs, starvedAtMs = [] } = this.#run ?? {};
    if (audibleAtMs !== undefined) drawMark(plot, audibleAtMs, color("--plot-audible"), "up");
    for (const atMs of starvedAtMs) drawMark(plot, atMs, color("--plot-underruns"), "down");
  }
}

/** A line through the whole plot with a triangle at its foot that points up, or at its head that points down. */
function drawMark(plot: uPlot, atMs: number, color: string, points: "up" | "down"): void {
  const { ctx, bbox } = plot;
  const size = MARK_SIZE * devicePixelRatio;
  const x = plot.valToPos(atMs / 1000, "x", true);
  const [base, tip] = points === "up" ? [bbox.top + bbox.height, -size * 1.6] : [bbox.top, size * 1.6];
  ctx.save();
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.setLineDash([]);
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(x - size, base);
  ctx.lineTo(x + size, base);
  ctx.lineTo(x, base + tip);
  ctx.fill();
  ctx.restore();
}

function colorsOf(element: HTMLElement): (name: string) => string {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
}

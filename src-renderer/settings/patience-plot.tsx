import { useEffect, useRef, useSyncExternalStore, type ReactNode } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { PatienceCurve } from "../../src-shared/patience-curve.ts";
import type { Patience } from "../../src-shared/settings.ts";
import { STRINGS } from "../strings.ts";
import { patienceColumns } from "./patience-columns.ts";

const TEXT = STRINGS.settingsPanel.patience;
const HEIGHT = 170;
const DARK = window.matchMedia("(prefers-color-scheme: dark)");

interface PatiencePlotProps {
  readonly curve: PatienceCurve;
  readonly chosen: Patience;
}

/** How often the assistant cuts in against how soon it answers: the three settings as points, silence alone as a line. */
export function PatiencePlot({ curve, chosen }: PatiencePlotProps): ReactNode {
  const isDark = useSyncExternalStore(observeScheme, () => DARK.matches);
  const parent = useRef<HTMLDivElement>(null);
  useEffect(() => (parent.current ? draw(parent.current, curve, chosen) : undefined), [isDark, curve, chosen]);
  return <div className="patience-plot" ref={parent} role="img" aria-label={TEXT.plot} data-testid="patience-plot" />;
}

function draw(parent: HTMLElement, curve: PatienceCurve, chosen: Patience): () => void {
  const plot = new uPlot(optionsOf(parent, curve), patienceColumns(curve, chosen), parent);
  const onResize = new ResizeObserver(() => {
    if (parent.clientWidth > 0) plot.setSize({ width: parent.clientWidth, height: HEIGHT });
  });
  onResize.observe(parent);
  return () => {
    onResize.disconnect();
    plot.destroy();
  };
}

function optionsOf(parent: HTMLElement, curve: PatienceCurve): uPlot.Options {
  const style = getComputedStyle(parent);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: color("--soft"),
    font: `11px ${style.fontFamily}`,
    labelFont: `11px ${style.fontFamily}`,
    labelSize: 18,
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
  };
  const points = (name: string, size: number): uPlot.Series => ({
    stroke: color(name),
    width: 0,
    points: { show: true, size, fill: color(name), stroke: color(name) },
  });
  return {
    width: parent.clientWidth,
    height: HEIGHT,
    padding: [10, 14, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: (_, least, most) => [least - 60, most + 20] },
      y: { range: (_, _least, most) => [0, Math.max(1, (most ?? 0) * 1.15)] },
    },
    axes: [
      { ...axis, size: 26, label: TEXT.delayAxis },
      { ...axis, size: 36, label: TEXT.cutInAxis },
    ],
    series: [
      {},
      { stroke: color("--idle"), width: 2, dash: [5, 4], spanGaps: true, points: { show: false } },
      points("--soft", 8),
      points("--accent", 12),
    ],
    hooks: {
      draw: [(plot) => nameSettings(plot, curve, `${11 * devicePixelRatio}px ${style.fontFamily}`, color("--ink"))],
    },
  };
}

function nameSettings(plot: uPlot, { settings }: PatienceCurve, font: string, color: string): void {
  const { ctx } = plot;
  ctx.save();
  Object.assign(ctx, { font, fillStyle: color, textAlign: "center", textBaseline: "bottom" });
  for (const { patience, medianDelayMs, cutInRatio } of settings) {
    const above = plot.valToPos(cutInRatio * 100, "y", true) - 8 * devicePixelRatio;
    ctx.fillText(TEXT.names[patience], plot.valToPos(medianDelayMs, "x", true), above);
  }
  ctx.restore();
}

function observeScheme(onChange: () => void): () => void {
  DARK.addEventListener("change", onChange);
  return () => DARK.removeEventListener("change", onChange);
}

import { useEffect, useRef, useSyncExternalStore, type ReactNode } from "react";
import "uplot/dist/uPlot.min.css";
import { STRINGS } from "../strings.ts";
import { isLabBusy, useLab } from "./lab-state.ts";
import { PLOT_FIGURES, type PlotFigure } from "./plot-figures.ts";
import { RunPlots } from "./run-plots.ts";

const TEXT = STRINGS.lab;
const DARK = window.matchMedia("(prefers-color-scheme: dark)");

/** The run as it plays: buffer and audio against time. Drawn from the store at most once a frame, without React. */
export function LabPlot(): ReactNode {
  const isDark = useSyncExternalStore(observeScheme, () => DARK.matches);
  const isBusy = useLab(isLabBusy);
  const isEmpty = useLab(({ run }) => run === undefined);
  const figures = useRef<HTMLDListElement>(null);
  const plots = useRef<HTMLDivElement>(null);
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!plots.current || !figures.current) return undefined;
    return drawLive(plots.current, figures.current);
  }, [isDark]);
  useEffect(() => {
    if (isBusy) card.current?.scrollIntoView({ block: "nearest" });
  }, [isBusy]);
  return (
    <section className="card lab-plot" ref={card}>
      <div className="wide-field lab-canvases" ref={plots} role="img" aria-label={TEXT.plot} data-testid="lab-plot" />
      {isEmpty && <p className="wide-field hint">{TEXT.plotEmpty}</p>}
      <dl className="wide-field lab-figures" ref={figures} data-testid="lab-figures">
        {PLOT_FIGURES.map((figure) => (
          <div key={figure.name}>
            <dt>
              <Swatch figure={figure} />
              {TEXT.figures[figure.name]}
            </dt>
            <dd data-figure={figure.name} />
          </div>
        ))}
      </dl>
    </section>
  );
}

function Swatch({ figure: { name, swatch } }: { readonly figure: PlotFigure }): ReactNode {
  return (
    <svg className={`swatch plot-${name}`} viewBox="0 0 10 10" aria-hidden="true">
      {swatch === "line" && <line x1={0} x2={10} y1={5} y2={5} />}
      {swatch === "dashes" && <line className="dashes" x1={0} x2={10} y1={5} y2={5} />}
      {swatch === "band" && <rect width={10} height={10} />}
      {swatch === "mark" && <path d={name === "underruns" ? "M0 1H10L5 9Z" : "M0 9H10L5 1Z"} />}
    </svg>
  );
}

/** Draws what the store has whenever it changes, until the returned function is called. */
function drawLive(parent: HTMLElement, figures: HTMLElement): () => void {
  let frame: number | undefined;
  let lookedAt: number | undefined;
  const write = (): void => {
    const { run } = useLab.getState();
    const level = run?.levels[lookedAt ?? run.levels.length - 1] ?? run?.levels.at(-1);
    for (const { name, valueAt } of PLOT_FIGURES) {
      const value = figures.querySelector(`[data-figure="${name}"]`);
      if (value) value.textContent = run && level ? valueAt(level, run) : "";
    }
  };
  const plots = new RunPlots(parent, (index) => {
    lookedAt = index;
    write();
  });
  const draw = (): void => {
    frame = undefined;
    plots.draw(useLab.getState().run);
    write();
  };
  draw();
  const stopListening = useLab.subscribe(({ run }, before) => {
    if (run !== before.run) frame ??= requestAnimationFrame(draw);
  });
  const onResize = new ResizeObserver(() => plots.resize(parent.clientWidth));
  onResize.observe(parent);
  return () => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    stopListening();
    onResize.disconnect();
    plots.destroy();
  };
}

function observeScheme(onChange: () => void): () => void {
  DARK.addEventListener("change", onChange);
  return () => DARK.removeEventListener("change", onChange);
}

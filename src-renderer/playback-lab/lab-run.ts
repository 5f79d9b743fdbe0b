import type { Failure } from "../../src-shared/failure.ts";
import type { LabEvent, LabLevel, LabPlay } from "../../src-shared/playback-lab.ts";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";

/** So many levels are kept. When there are more, every second one goes: a long run is drawn coarser, not shorter. */
export const MOST_LEVELS = 4_096;

/** One experiment, from the request to its end. Times in ms since the request. */
export interface LabRun {
  readonly request: LabPlay;
  /** `asked` until the assistant says that it began: what it tells before that is of an earlier experiment. */
  readonly status: "asked" | "playing" | "finished";
  readonly levels: readonly LabLevel[];
  readonly audibleAtMs: number | undefined;
  /** Where gaps began. */
  readonly starvedAtMs: readonly number[];
  readonly interrupted: boolean;
  readonly metrics: StreamMetrics | undefined;
  readonly failure: Failure | undefined;
}

/** An experiment that has just been asked for. */
export function askedRun(request: LabPlay): LabRun {
  return {
    request,
    status: "asked",
    levels: [],
    audibleAtMs: undefined,
    starvedAtMs: [],
    interrupted: false,
    metrics: undefined,
    failure: undefined,
  };
}

/** The experiment after an event. Events of another one, before it began or after it is finished, change nothing. */
export function takeLabEvent(run: LabRun, event: LabEvent): LabRun {
  if (run.status === "finished" || (run.status === "asked" && event.kind !== "began")) return run;
  switch (event.kind) {
    case "began":
      return { ...run, status: "playing" };
    case "level": {
      const { atMs, receivedMs, bufferedMs, underruns, stretchedMs, slowBelowMs } = event;
      const level = { atMs, receivedMs, bufferedMs, underruns, stretchedMs, slowBelowMs };
      return { ...run, levels: thinOut([...run.levels, level]) };
    }
    case "audible":
      return { ...run, audibleAtMs: event.atMs };
    case "starved":
      return { ...run, starvedAtMs: [...run.starvedAtMs, event.atMs] };
    case "finished":
      return endRun(run, event);
  }
}

/** The experiment broken off or played to its end; one that has ended stays as it is. */
export function endRun(run: LabRun, end: Pick<LabRun, "interrupted" | "metrics" | "failure">): LabRun {
  if (run.status === "finished") return run;
  const { interrupted, metrics, failure } = end;
  return { ...run, status: "finished", interrupted, metrics, failure };
}

/** Stretches of time in which playback was slowed down or sped up, as pairs of ms. */
export function stretchedSpans(levels: readonly LabLevel[]): (readonly [fromMs: number, toMs: number])[] {
  const spans: (readonly [number, number])[] = [];
  for (const [index, level] of levels.entries()) {
    const before = levels[index - 1];
    if (!before || level.stretchedMs <= before.stretchedMs) continue;
    const last = spans.at(-1);
    if (last?.[1] === before.atMs) spans[spans.length - 1] = [last[0], level.atMs];
    else spans.push([before.atMs, level.atMs]);
  }
  return spans;
}

function thinOut(levels: readonly LabLevel[]): readonly LabLevel[] {
  return levels.length > MOST_LEVELS ? levels.filter((_, index) => index % 2 === 0) : levels;
}

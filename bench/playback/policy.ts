import { AdaptiveStart } from "../../src-main/play/adaptive-start.ts";
import { FixedStart, type StartPolicyMaker } from "../../src-main/play/start-policy.ts";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";
import { atMost, quantile, type BenchResult, type BenchRow, type Verdict } from "../bench-result.ts";
import { GrowingStart } from "./growing-start.ts";
import { simulate } from "./policy-simulation.ts";
import { TRACES, type Trace } from "./policy-traces.ts";

const SEEDS = 20;
const FIXED_MS = [0, 80, 150, 300, 600];
const MOST_FAST_START_MS = 20;

interface Played {
  readonly policy: string;
  /** One for each seed. */
  readonly runs: readonly StreamMetrics[];
}

/** Adaptive start against fixed pre-rolls and against the growing rule of a reference client, on the same traces. */
export async function benchPolicy(): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  const verdicts: Verdict[] = [];
  let dominated = 0;
  for (const trace of TRACES) {
    const ours = ["adaptive", "adaptive, length known"].map((policy, index) =>
      play(trace, policy, (requestedAtMs, known) => new AdaptiveStart(requestedAtMs, known), index === 1),
    );
    const fixed = FIXED_MS.map((ms) => play(trace, `fixed ${ms}`, () => new FixedStart(ms), false));
    const growing = play(trace, "start 80, grow 5", () => new GrowingStart(), false);
    for (const played of [...ours, ...fixed, growing]) rows.push(row(trace, played));
    for (const adaptive of ours) dominated += fixed.filter((rival) => isWorse(adaptive, rival)).length;
    if (trace.isFast) {
      const waited = ours.flatMap(({ runs }) =>
        runs.map((run) => (run.ttfaMs ?? NaN) - (run.firstSampleDecodedMs ?? NaN)),
      );
      verdicts.push(atMost(`${trace.name}: first sample to sound, ms`, Math.max(...waited), MOST_FAST_START_MS));
    }
  }
  verdicts.unshift(atMost("fixed policies with fewer underruns and an earlier start than ours", dominated, 0));
  return { rows, verdicts };
}

function play(trace: Trace, policy: string, startPolicy: StartPolicyMaker, isLengthKnown: boolean): Played {
  const seeds = Array.from({ length: trace.isRandom ? SEEDS : 1 }, (_, index) => index + 1);
  return { policy, runs: seeds.map((seed) => simulate(trace.arrivals(seed), startPolicy, isLengthKnown)) };
}

/** In any seed the rival had both fewer underruns and an earlier start. */
function isWorse(ours: Played, rival: Played): boolean {
  return ours.runs.some((run, seed) => {
    const other = rival.runs[seed];
    return other !== undefined && other.underruns < run.underruns && (other.ttfaMs ?? 0) < (run.ttfaMs ?? 0);
  });
}

function row({ name }: Trace, { policy, runs }: Played): BenchRow {
  const sum = (of: (run: StreamMetrics) => number) => runs.reduce((total, run) => total + of(run), 0);
  return {
    trace: name,
    policy,
    "ttfa p50 ms": quantile(
      runs.map((run) => run.ttfaMs ?? NaN),
      0.5,
    ),
    "ttfa p95 ms": quantile(
      runs.map((run) => run.ttfaMs ?? NaN),
      0.95,
    ),
    "underruns a run": sum((run) => run.underruns) / runs.length,
    "gap ms a run": sum((run) => run.underrunTotalMs) / runs.length,
    "stretched ms a run": sum((run) => run.stretchedMs) / runs.length,
  };
}

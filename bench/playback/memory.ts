import { Worker } from "node:worker_threads";
import { atMost, type BenchResult, type BenchRow, type Verdict } from "../bench-result.ts";
import type { MemoryFigures, MemoryTask } from "./memory-worker.ts";
import { speechSignal } from "./speech.ts";

const HOURS = 10;
const MOST_GROWTH_BYTES = 2 ** 20;

/** Ten simulated hours of one reply, in a thread with a heap of its own: collections and growth. See README.md. */
export async function benchMemory(): Promise<BenchResult> {
  const { pcm } = await speechSignal();
  const rows: BenchRow[] = [];
  const verdicts: Verdict[] = [];
  for (const policy of ["fixed", "adaptive"] as const) {
    const figures = await runInWorker({ policy, hours: HOURS, pcm });
    rows.push(row(policy, figures));
    const what = `in ${HOURS} simulated hours, ${policy} start`;
    verdicts.push(
      atMost(`garbage collections ${what}`, figures.collections, 0),
      atMost(`growth of memory ${what}, bytes`, figures.growthBytes, MOST_GROWTH_BYTES),
    );
  }
  return { rows, verdicts };
}

function row(policy: MemoryTask["policy"], figures: MemoryFigures): BenchRow {
  return {
    path: `ring, ${policy} start`,
    samples: figures.samples,
    "times real time": (HOURS * 3_600_000) / figures.elapsedMs,
    collections: figures.collections,
    "longest collection ms": figures.longestCollectionMs,
    "collection share": figures.collectionMs / figures.elapsedMs,
    "growth KiB": figures.growthBytes / 1_024,
    "resident growth KiB": figures.residentGrowthBytes / 1_024,
  };
}

function runInWorker(workerData: MemoryTask): Promise<MemoryFigures> {
  const worker = new Worker(new URL("memory-worker.ts", import.meta.url), { workerData });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

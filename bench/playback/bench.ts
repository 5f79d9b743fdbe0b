import type { BenchResult } from "../bench-result.ts";
import { benchCost } from "./cost.ts";
import { benchDecoding } from "./decoding.ts";
import { benchMemory } from "./memory.ts";
import { benchPolicy } from "./policy.ts";
import { benchSteps } from "./process-steps.ts";
import { benchStretch } from "./stretch.ts";

const PARTS = {
  policy: benchPolicy,
  cost: benchCost,
  memory: benchMemory,
  decoding: benchDecoding,
  steps: benchSteps,
  stretch: benchStretch,
};

/** The stream player without a sound card: start rules, cost, memory, decoders, clicks, tempo. */
export async function run(options: { readonly long: boolean }): Promise<BenchResult> {
  const results: BenchResult[] = [];
  for (const [part, bench] of Object.entries(PARTS)) {
    const { rows, verdicts } = await bench(options);
    results.push({
      rows: rows.map((row) => ({ part, ...row })),
      verdicts: verdicts.map((verdict) => ({ ...verdict, what: `${part}: ${verdict.what}` })),
    });
  }
  return { rows: results.flatMap(({ rows }) => rows), verdicts: results.flatMap(({ verdicts }) => verdicts) };
}

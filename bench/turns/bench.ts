import type { BenchResult } from "../bench-result.ts";
import { measureTurnTaking } from "./turn-taking.ts";
import { talkInRealTime } from "./talk-in-real-time.ts";

const PARTS: readonly (() => Promise<BenchResult>)[] = [measureTurnTaking];
const LONG_PARTS: readonly (() => Promise<BenchResult>)[] = [talkInRealTime];

/** See README.md. */
export async function run({ long }: { readonly long: boolean }): Promise<BenchResult> {
  const results: BenchResult[] = [];
  for (const part of long ? [...PARTS, ...LONG_PARTS] : PARTS) results.push(await part());
  return { rows: results.flatMap(({ rows }) => rows), verdicts: results.flatMap(({ verdicts }) => verdicts) };
}

import type { BenchResult } from "../bench-result.ts";
import { measureCpuShare } from "./cpu-share.ts";
import { measureInterruptions } from "./interruptions.ts";
import { measureMemory } from "./memory.ts";
import { countPhantomTurns } from "./phantom-turns.ts";
import { talkInRealTime } from "./talk-in-real-time.ts";
import { measureThroughTheWindow } from "./through-the-window.ts";
import { measureTurnTaking } from "./turn-taking.ts";
import { withEngines } from "./with-engines.ts";

/** See README.md. */
export async function run({ long }: { readonly long: boolean }): Promise<BenchResult> {
  const parts: readonly (() => Promise<BenchResult>)[] = [
    measureTurnTaking,
    () => withEngines((engines) => countPhantomTurns(engines, long ? 20 : 3)),
    () => withEngines((engines) => measureMemory(engines, long ? 500 : 100)),
    measureCpuShare,
    () => measureThroughTheWindow(long ? 40 : 15),
    () => measureInterruptions(long ? 50 : 10, long ? 10 : 1),
    ...(long ? [talkInRealTime] : []),
  ];
  const results: BenchResult[] = [];
  for (const part of parts) results.push(await part());
  return { rows: results.flatMap(({ rows }) => rows), verdicts: results.flatMap(({ verdicts }) => verdicts) };
}

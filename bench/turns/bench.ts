import type { BenchResult, BenchRun } from "../bench-result.ts";
import { measureCpuShare } from "./cpu-share.ts";
import { measureInterruptions } from "./interruptions.ts";
import { measureMemory } from "./memory.ts";
import { countPhantomTurns } from "./phantom-turns.ts";
import { talkInRealTime } from "./talk-in-real-time.ts";
import { measureThroughTheWindow } from "./through-the-window.ts";
import { measureTurnTaking } from "./turn-taking.ts";
import { measureWaterfall } from "./waterfall.ts";
import { withEngines } from "./with-engines.ts";

/** See README.md. */
export async function run({ long, partDone }: BenchRun): Promise<BenchResult> {
  const parts: readonly (() => Promise<BenchResult>)[] = [
    measureTurnTaking,
    measureWaterfall,
    () => withEngines((engines) => countPhantomTurns(engines, long ? 20 : 3)),
    () => withEngines((engines) => measureMemory(engines, long ? 500 : 100)),
    measureCpuShare,
    () => measureThroughTheWindow(long ? undefined : 15),
    () => measureInterruptions(long ? 50 : 10, long ? 10 : 1),
    ...(long ? [talkInRealTime] : []),
  ];
  let all: BenchResult = { rows: [], verdicts: [] };
  for (const part of parts) {
    const { rows, verdicts } = await part();
    all = { rows: [...all.rows, ...rows], verdicts: [...all.verdicts, ...verdicts] };
    partDone(all);
  }
  return all;
}

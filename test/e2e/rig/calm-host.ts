import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach } from "vitest";

/** A host that takes away more than this share of the processor stalls the sound of every program. */
const MOST_STOLEN_SHARE = 0.02;
const LOOK_MS = 1_000;
const LONGEST_WAIT_MS = 10_000;
/** Linux counts in steps of 10 ms. */
const TICK_MS = 10;

beforeEach(async ({ task }) => {
  if ((task.result?.retryCount ?? 0) > 0) await untilHostIsCalm();
});

/** A test that failed by its timing is tried again when the machine is its own again, or after LONGEST_WAIT_MS. */
async function untilHostIsCalm(): Promise<void> {
  const deadlineAtMs = performance.now() + LONGEST_WAIT_MS;
  let stolenMs = timeStolenMs();
  for (let isCalm = false; !isCalm && performance.now() < deadlineAtMs;) {
    await sleep(LOOK_MS);
    const nowStolenMs = timeStolenMs();
    isCalm = nowStolenMs - stolenMs < MOST_STOLEN_SHARE * LOOK_MS * cpus().length;
    stolenMs = nowStolenMs;
  }
}

/** Time since the start of the machine in which its host let other machines run, all processors together; 0 where that is not told. */
function timeStolenMs(): number {
  if (process.platform !== "linux") return 0;
  const [total = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  return Number(total.trim().split(/\s+/)[8] ?? 0) * TICK_MS;
}

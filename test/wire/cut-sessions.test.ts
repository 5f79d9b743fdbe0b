import { expect, test } from "vitest";
import { startCuttingPeer, UPGRADE_BYTES, type CutManner } from "./cutting-peer.ts";
import { CLIENTS } from "./web-socket-clients.ts";

const AT_ONCE = 32;

/** Uses something at each of these positions, many side by side; the results, and how long the longest took. */
async function useAll(
  use: (position: number) => Promise<string>,
  positions: readonly number[],
): Promise<{ codes: string[]; longestMs: number }> {
  const codes: string[] = [];
  let longestMs = 0;
  const left = positions.entries();
  const work = async (): Promise<void> => {
    for (const [index, position] of left) {
      const startedAtMs = performance.now();
      codes[index] = await use(position);
      longestMs = Math.max(longestMs, performance.now() - startedAtMs);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { codes, longestMs };
}

test.each(Object.values(CLIENTS))("wherever its session stops, $name has a typed failure in time", async (client) => {
  const peer = await startCuttingPeer(client.play);
  const cut = (manner: CutManner, waitMs: number) => (position: number) =>
    client.use(peer.cutAfter(position, manner), waitMs);
  expect(await cut("end", 2_000)(Number.POSITIVE_INFINITY)).toBe("whole");
  const positions = Array.from({ length: peer.passedBytes() + 1 }, (_, bytes) => bytes);

  const some = positions.slice(0, -8).filter((bytes) => bytes % 16 === 0);
  const stalled = await useAll(cut("stall", 100), some);
  expect(new Set(stalled.codes)).toEqual(new Set(["source-timeout"]));
  expect(stalled.longestMs).toBeLessThan(1_000);

  for (const manner of ["end", "reset"] as const) {
    const { codes, longestMs } = await useAll(cut(manner, 4_000), positions);
    const changes = codes.filter((code, position) => code !== codes[position - 1]);
    expect(changes).toEqual(["source-unreachable", "source-lost", "whole"]);
    expect(codes.indexOf("source-lost")).toBe(UPGRADE_BYTES);
    expect(longestMs).toBeLessThan(2_000);
  }
  // A server that does not answer a goodbye is left after a second.
  await expect.poll(() => peer.connections.size, { timeout: 2_000 }).toBe(0);
});

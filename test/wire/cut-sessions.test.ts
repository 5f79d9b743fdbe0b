import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { startCuttingPeer, UPGRADE_BYTES, type CutManner, type CuttingPeer } from "./cutting-peer.ts";
import { CLIENTS, NEVER } from "./web-socket-clients.ts";

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

test("wherever a session stops, its client has a typed failure in time, and nothing is left of it", async () => {
  const peers: CuttingPeer[] = [];
  for (const { name, play, use } of Object.values(CLIENTS)) {
    const peer = await startCuttingPeer(play);
    peers.push(peer);
    const cut = (manner: CutManner, waitMs: number) => (position: number) =>
      use(peer.cutAfter(position, manner), waitMs);
    expect(await cut("end", 2_000)(Number.POSITIVE_INFINITY), name).toBe("whole");
    const positions = Array.from({ length: peer.passedBytes() + 1 }, (_, bytes) => bytes);

    const some = positions.slice(0, -8).filter((bytes) => bytes % 16 === 0);
    const stalled = await useAll(cut("stall", 100), some);
    expect(new Set(stalled.codes), name).toEqual(new Set(["source-timeout"]));
    expect(stalled.longestMs, name).toBeLessThan(1_000);

    for (const manner of ["end", "reset"] as const) {
      const { codes, longestMs } = await useAll(cut(manner, 4_000), positions);
      const changes = codes.filter((code, position) => code !== codes[position - 1]);
      expect(changes, name).toEqual(["source-unreachable", "source-lost", "whole"]);
      expect(codes.indexOf("source-lost"), name).toBe(UPGRADE_BYTES);
      expect(longestMs, name).toBeLessThan(2_000);
    }
  }
  // A server that does not answer a goodbye is left after a second.
  await expect.poll(() => peers.map(({ connections }) => connections.size), { timeout: 2_000 }).toEqual([0, 0, 0, 0]);
  expect(getEventListeners(NEVER, "abort")).toEqual([]);
}, 20_000);

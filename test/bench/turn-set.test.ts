import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { turnSet } from "../../bench/turns/set/turn-set.ts";
import type { Half, TurnItem } from "../../bench/turns/set/turn-item.ts";
import { stretchPauses } from "../../bench/turns/set/stretch-pauses.ts";
import { CAPTURE_RATE_HZ, msToSamples } from "../../src-shared/audio-format.ts";

const COUNT = 5;
let items: TurnItem[];

beforeAll(async () => {
  items = await collect("test");
});

describe("a set of labelled turns", () => {
  test("is the same for the same seed, and has other sentences in the other half", async () => {
    expect((await collect("test")).map(described)).toEqual(items.map(described));
    const tune = await collect("tune");
    expect(tune.map(({ text }) => text)).not.toEqual(items.map(({ text }) => text));
  });

  test("has silence where it says so, and speech just around it", () => {
    for (const { pcm, pauses, startMs, endMs } of items.filter(({ background }) => background === "none")) {
      expect(peak(pcm, 0, startMs)).toBe(0);
      expect(peak(pcm, endMs, Number.POSITIVE_INFINITY)).toBe(0);
      expect(peak(pcm, endMs - 20, endMs)).toBeGreaterThan(0);
      for (const { fromMs, toMs } of pauses) {
        expect(peak(pcm, fromMs, toMs)).toBe(0);
        expect(peak(pcm, fromMs - 20, fromMs)).toBeGreaterThan(0);
        expect(peak(pcm, toMs, toMs + 20)).toBeGreaterThan(0);
      }
    }
  });

  test("leaves 0.7 s before and 4 s after every turn, and pauses of 0.2 to 1.5 s inside it", () => {
    for (const { pcm, pauses, startMs, endMs } of items) {
      expect(startMs).toBeCloseTo(700);
      expect((pcm.length * 1000) / CAPTURE_RATE_HZ - endMs).toBeCloseTo(4_000);
      for (const { fromMs, toMs } of pauses) {
        expect(fromMs).toBeGreaterThan(startMs);
        expect(toMs - fromMs).toBeGreaterThanOrEqual(199);
        expect(toMs - fromMs).toBeLessThanOrEqual(1_501);
      }
    }
  });
});

test("speech without a clear pause has none that can be stretched", () => {
  expect(stretchPauses(new Float32Array(12_000).fill(0.5), CAPTURE_RATE_HZ, [500])).toBeUndefined();
});

/** With a digest in place of the samples. */
function described({ pcm, ...item }: TurnItem) {
  return { ...item, pcm: createHash("sha1").update(pcm).digest("hex") };
}

async function collect(half: Half): Promise<TurnItem[]> {
  const collected: TurnItem[] = [];
  for await (const item of turnSet(half, "a test", COUNT)) collected.push(item);
  return collected;
}

function peak(pcm: Float32Array, fromMs: number, toMs: number): number {
  const to = Math.min(pcm.length, Math.round((toMs * CAPTURE_RATE_HZ) / 1000));
  return pcm.subarray(msToSamples(fromMs, CAPTURE_RATE_HZ), to).reduce((most, at) => Math.max(most, Math.abs(at)), 0);
}

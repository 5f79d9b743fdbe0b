import { expect, test } from "vitest";
import { DepthHistogram } from "../../src-shared/depth-histogram.ts";
import { seededRandom } from "../play/decode/seeded-random.ts";

test("says -1 before the first observation, and again after it was cleared", () => {
  const histogram = new DepthHistogram(100, 0.05);
  expect([histogram.minMs, histogram.meanMs, histogram.quantileMs]).toEqual([-1, -1, -1]);
  histogram.observe(5);
  expect([histogram.minMs, histogram.meanMs, histogram.quantileMs]).toEqual([5, 5, 5]);
  histogram.clear();
  expect([histogram.minMs, histogram.meanMs, histogram.quantileMs]).toEqual([-1, -1, -1]);
});

test.each([0.05, 0.5, 0.95, 1])("follows the quantile of %s through a random walk, to 1 ms", (share) => {
  const random = seededRandom(11);
  const histogram = new DepthHistogram(500, share);
  const seen: number[] = [];
  let depthMs = 250;
  for (let count = 0; count < 3_000; count++) {
    depthMs = random.chance(0.01) ? random.below(500) : Math.min(499, Math.max(0, depthMs + 20 * random.next() - 10));
    histogram.observe(depthMs);
    seen.push(depthMs);
    if (count % 10 !== 0) continue;
    const sorted = seen.toSorted((a, b) => a - b);
    const exactMs = sorted[Math.ceil(share * sorted.length - 1e-9) - 1] as number;
    expect(Math.abs(histogram.quantileMs - exactMs)).toBeLessThanOrEqual(1);
  }
  expect(histogram.minMs).toBe(Math.floor(Math.min(...seen)));
  expect(histogram.meanMs).toBe(Math.round(seen.reduce((sum, depth) => sum + depth, 0) / seen.length));
});

test("what is deeper than it was made for counts as the deepest", () => {
  const histogram = new DepthHistogram(100, 0.05);
  histogram.observe(1_000);
  expect(histogram.quantileMs).toBeGreaterThanOrEqual(100);
});

import { describe, expect, test } from "vitest";
import { endSilenceMs, longestSilenceMs } from "../../src-main/turn/patience.ts";

const PATIENCES = ["quick", "balanced", "patient"] as const;
const PROBABILITIES = [0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1];

describe.each(PATIENCES)("%s", (patience) => {
  test("the surer the end, the shorter the silence, between two bounds", () => {
    const silences = PROBABILITIES.map((probability) => endSilenceMs(probability, patience, 0));
    expect(silences).toEqual(silences.toSorted((a, b) => b - a));
    expect(silences[0]).toBe(longestSilenceMs(patience));
    expect(silences.at(-1)).toBeLessThanOrEqual(300);
  });

  test("a sure end is not waited for, whatever the pauses before it", () => {
    expect(endSilenceMs(0.99, patience, 1_000)).toBe(endSilenceMs(1, patience, 0));
  });

  test("who pauses for long is waited for, but never longer than the longest silence", () => {
    for (const probability of PROBABILITIES) {
      const patientMs = endSilenceMs(probability, patience, 1_000);
      expect(patientMs).toBeGreaterThanOrEqual(endSilenceMs(probability, patience, 0));
      expect(patientMs).toBeLessThanOrEqual(longestSilenceMs(patience));
    }
  });
});

test("more patience never waits less, and 2.5 s always end", () => {
  for (const probability of PROBABILITIES) {
    const [quickMs = 0, balancedMs = 0, patientMs = 0] = PATIENCES.map((patience) =>
      endSilenceMs(probability, patience, 0),
    );
    expect(quickMs).toBeLessThan(balancedMs);
    expect(balancedMs).toBeLessThan(patientMs);
    expect(patientMs).toBeLessThanOrEqual(2_500);
  }
});

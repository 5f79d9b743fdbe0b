import { describe, expect, test } from "vitest";
import {
  endOfUnderstood,
  endSilenceMs,
  learntHabitMs,
  LONG_HABIT_MS,
  longestSilenceMs,
} from "../../src-main/turn/patience.ts";

const PATIENCES = ["quick", "balanced", "patient"] as const;
const PROBABILITIES = [0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1];

describe.each(PATIENCES)("%s", (patience) => {
  test("the surer the end, the shorter the silence, between two bounds", () => {
    const silences = PROBABILITIES.map((probability) => endSilenceMs(probability, patience, LONG_HABIT_MS));
    expect(silences).toEqual(silences.toSorted((a, b) => b - a));
    expect(silences[0]).toBe(longestSilenceMs(patience));
    expect(silences.at(-1)).toBeLessThanOrEqual(300);
  });

  test("a sure end is not waited for, whatever the pauses before it", () => {
    expect(endSilenceMs(0.99, patience, 300)).toBe(endSilenceMs(1, patience, LONG_HABIT_MS));
  });

  test("the shorter the user's pauses, the sooner doubt is over, but never before half of the longest silence", () => {
    for (const probability of PROBABILITIES) {
      const silences = [100, 500, 600, 800, 1_000, 2_000].map((habitMs) =>
        endSilenceMs(probability, patience, habitMs),
      );
      expect(silences).toEqual(silences.toSorted((a, b) => a - b));
      expect(silences[0]).toBe(silences[1]);
      expect(silences[5]).toBe(silences[4]);
    }
    expect(endSilenceMs(0, patience, 100)).toBe(longestSilenceMs(patience) / 2);
    expect(endSilenceMs(0, patience, 800)).toBe(longestSilenceMs(patience) * 0.8);
  });
});

test("what is understood ends the likelier", () => {
  expect([0, 0.5, 1].map(endOfUnderstood)).toEqual([0, expect.closeTo(0.818, 3), 1]);
  const silences = [0.3, 0.6].map((probability) =>
    endSilenceMs(endOfUnderstood(probability), "balanced", LONG_HABIT_MS),
  );
  expect(silences).toEqual([1_600, 160]);
});

test("a longer pause is the habit at once, a shorter one lowers it little by little, and a hesitation does not", () => {
  expect(learntHabitMs(600, 900)).toBe(900);
  expect(learntHabitMs(1_000, 400)).toBe(976);
  expect(learntHabitMs(1_000, 250)).toBe(1_000);
});

test("more patience never waits less, and 2.5 s always end", () => {
  for (const probability of PROBABILITIES) {
    const [quickMs = 0, balancedMs = 0, patientMs = 0] = PATIENCES.map((patience) =>
      endSilenceMs(probability, patience, LONG_HABIT_MS),
    );
    expect(quickMs).toBeLessThan(balancedMs);
    expect(balancedMs).toBeLessThan(patientMs);
    expect(patientMs).toBeLessThanOrEqual(2_500);
  }
});

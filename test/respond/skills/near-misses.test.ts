import { expect, test } from "vitest";
import { NearMisses, soundDistance } from "../../../src-main/respond/skills/near-misses.ts";

const MISSES = new NearMisses(["set a", "timer", "minutes", "what time is it", "cancel"]);

function mend(text: string): readonly string[] {
  return MISSES.mend(text.split(" ")).map(({ words }) => words.join(" "));
}

test("what sounds the same is nearer than what is spelled alike", () => {
  expect(soundDistance("time or", "timer")).toBeLessThan(0.15);
  expect(soundDistance("thyme", "time")).toBeLessThan(soundDistance("dime", "rhyme"));
  expect(soundDistance("timer", "timer")).toBe(0);
  expect(soundDistance("banana", "timer")).toBeGreaterThan(0.6);
});

test("replaces words that were taken for others", () => {
  expect(mend("santa timer for 2 minutes")).toContain("set a timer for 2 minutes");
  expect(mend("set a time or 4 2 minutes")).toContain("set a timer for 2 minutes");
});

test("likeliest first, none twice", () => {
  const mended = MISSES.mend("santa time or for 2 minutes".split(" "));
  const distances = mended.map(({ distance }) => distance);
  expect(distances).toEqual(distances.toSorted((a, b) => a - b));
  expect(new Set(mended.map(({ words }) => words.join(" "))).size).toBe(mended.length);
});

test("never takes a person, a number or a negation for another word", () => {
  expect(mend("cancel him timer").some((text) => !text.includes("him"))).toBe(false);
  expect(mend("not timer").some((text) => !text.includes("not"))).toBe(false);
});

test("finds nothing in what sounds like nothing it knows, and does not try with long texts", () => {
  expect(mend("the quick brown fox")).toEqual([]);
  expect(mend("santa ".repeat(20).trim())).toEqual([]);
});

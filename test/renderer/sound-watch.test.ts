import { expect, test } from "vitest";
import { ReopeningBudget } from "../../src-renderer/microphone/reopening-budget.ts";
import { SoundWatch } from "../../src-renderer/microphone/sound-watch.ts";

/** Ticks with levels in between, as from a microphone that sounds or gives zeros; what the watch says, without the ticks that say nothing. */
function run(watch: SoundWatch, ticks: number, sounds: boolean): string[] {
  return Array.from({ length: ticks }, () => {
    watch.level(0, 0);
    return watch.tick(sounds) ?? [];
  }).flat();
}

test("zeros for five seconds are silence, until the first sound", () => {
  const watch = new SoundWatch();
  expect(run(watch, 19, false)).toEqual([]);
  expect(run(watch, 1, true)).toEqual([]);
  expect(run(watch, 19, false)).toEqual([]);
  expect(run(watch, 100, false)).toEqual(["silent"]);
  expect(run(watch, 5, true)).toEqual(["sounding"]);
});

test("four ticks without a level are a stall, told once; a page that was held up makes none", () => {
  const watch = new SoundWatch();
  expect([1, 2, 3].map(() => watch.tick(true))).toEqual([undefined, undefined, undefined]);
  expect(run(watch, 1, true)).toEqual([]);
  expect([1, 2, 3, 4, 5].map(() => watch.tick(true))).toEqual([undefined, undefined, undefined, "stalled", undefined]);
  expect(run(watch, 2, true)).toEqual(["sounding"]);
});

test("a microphone opened anew counts as what it was before, until it sounds", () => {
  const stalled = new SoundWatch("stalled");
  expect([1, 2, 3, 4, 5].map(() => stalled.tick(true))).toEqual(Array(5).fill(undefined));
  expect(run(stalled, 1, true)).toEqual(["sounding"]);
  const silent = new SoundWatch("silent");
  expect(run(silent, 100, false)).toEqual([]);
  expect(run(silent, 1, true)).toEqual(["sounding"]);
});

test("when the wall clock runs ahead of the audio by more than two seconds, the machine slept", () => {
  const watch = new SoundWatch();
  const told = [
    [1_000_000, 0],
    [1_000_100, 100],
    [1_002_000, 200],
    [1_062_100, 300],
    [1_062_200, 400],
  ].map(([wallMs = 0, audioMs = 0]) => watch.level(wallMs, audioMs));
  expect(told).toEqual([false, false, false, true, false]);
});

test("a page that was held up, and a clock that is set back, are no sleep", () => {
  const watch = new SoundWatch();
  watch.level(1_000_000, 0);
  expect(watch.level(1_010_000, 10_000)).toBe(false);
  expect(watch.level(500_000, 10_100)).toBe(false);
});

test("clicks of the first two seconds do not count as the microphone's sound", () => {
  const watch = new SoundWatch();
  run(watch, 8, true);
  run(watch, 8, false);
  expect(watch.hasSounded).toBe(false);
  run(watch, 1, true);
  expect(watch.hasSounded).toBe(true);
});

test("a lost microphone is opened again at once, then ever more slowly, and no more after six times", () => {
  const budget = new ReopeningBudget();
  const delays = Array.from({ length: 8 }, (_, n) => budget.next(n * 2_000));
  expect(delays).toEqual([0, 250, 500, 1_000, 2_000, 4_000, undefined, undefined]);
  expect(budget.next(50_000)).toBe(0);
  expect(budget.next(50_000)).toBe(250);
  budget.renew();
  expect(budget.next(50_000)).toBe(0);
});

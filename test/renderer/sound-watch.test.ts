import { expect, test } from "vitest";
import { ReopeningBudget } from "../../src-renderer/microphone/reopening-budget.ts";
import { SoundWatch } from "../../src-renderer/microphone/sound-watch.ts";

const LEVEL_MS = 96;

/** Feeds levels at their pace and collects what the watch says. */
function feed(watch: SoundWatch, levels: readonly number[], from: { wallMs: number; audioMs: number }): string[] {
  return levels.flatMap((level) => {
    from.wallMs += LEVEL_MS;
    from.audioMs += LEVEL_MS;
    return watch.level(level, from.wallMs, from.audioMs) ?? [];
  });
}

test("zeros for five seconds are silence, until the first sound", () => {
  const watch = new SoundWatch();
  const clocks = { wallMs: 0, audioMs: 0 };
  expect(feed(watch, Array(51).fill(0), clocks)).toEqual([]);
  expect(feed(watch, [0, 0, 0], clocks)).toEqual(["silent"]);
  expect(feed(watch, Array(200).fill(1e-9), clocks)).toEqual([]);
  expect(feed(watch, [1e-4, 1e-4], clocks)).toEqual(["sounding"]);
});

test("faint noise is no silence", () => {
  expect(feed(new SoundWatch(), Array(300).fill(2e-5), { wallMs: 0, audioMs: 0 })).toEqual([]);
});

test("four ticks without a level are a stall, told once; a page that was held up makes none", () => {
  const watch = new SoundWatch();
  const clocks = { wallMs: 0, audioMs: 0 };
  feed(watch, [0.1], clocks);
  expect([watch.tick(), watch.tick(), watch.tick()]).toEqual([undefined, undefined, undefined]);
  feed(watch, [0.1], clocks);
  expect([1, 2, 3, 4, 5].map(() => watch.tick())).toEqual([undefined, undefined, undefined, "stalled", undefined]);
  expect(feed(watch, [0.1], clocks)).toEqual(["sounding"]);
});

test("a microphone opened anew counts as what it was before, until it sounds", () => {
  const stalled = new SoundWatch("stalled");
  expect([1, 2, 3, 4, 5].map(() => stalled.tick())).not.toContain("stalled");
  expect(feed(stalled, [0, 0], { wallMs: 0, audioMs: 0 })).toEqual(["silent"]);
  const silent = new SoundWatch("silent");
  expect(feed(silent, [...Array(100).fill(0), 0.1], { wallMs: 0, audioMs: 0 })).toEqual(["sounding"]);
});

test("when the wall clock runs ahead of the audio by more than two seconds, the machine slept", () => {
  const watch = new SoundWatch();
  const clocks = { wallMs: 1e12, audioMs: 0 };
  feed(watch, [0.1, 0.1], clocks);
  clocks.wallMs += 1_900;
  expect(feed(watch, [0.1], clocks)).toEqual([]);
  clocks.wallMs += 60_000;
  expect(feed(watch, [0.1, 0.1], clocks)).toEqual(["slept"]);
});

test("a clock that is set back is no sleep", () => {
  const watch = new SoundWatch();
  const clocks = { wallMs: 1e12, audioMs: 0 };
  feed(watch, [0.1], clocks);
  clocks.wallMs -= 3_600_000;
  expect(feed(watch, [0.1, 0.1], clocks)).toEqual([]);
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

test("what arrives right after the opening need not be of this microphone, and does not count as its sound", () => {
  const watch = new SoundWatch();
  const clocks = { wallMs: 0, audioMs: 0 };
  feed(watch, [...Array(19).fill(0.1), ...Array(40).fill(0)], clocks);
  expect(watch.hasSounded).toBe(false);
  feed(watch, [0.1], clocks);
  expect(watch.hasSounded).toBe(true);
});

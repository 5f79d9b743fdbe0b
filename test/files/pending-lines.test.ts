import { expect, test } from "vitest";
import { PendingLines, type PendingLine } from "../../src-main/files/pending-lines.ts";

function lineOf(number: number): PendingLine {
  return { path: `file ${Math.floor(number / 70)}`, atMs: number, text: "x".repeat(10 + (number % 7)) };
}

function gapOf(dropped: number, last: PendingLine): PendingLine {
  return { path: last.path, atMs: last.atMs, text: `gap ${dropped}`, dropped };
}

/** Seeded numbers in [0, below). */
function randomBelow(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("what is taken is one file's and not much longer than asked for", () => {
  const pending = new PendingLines(10_000, gapOf);
  for (let number = 0; number < 100; number += 1) pending.add(lineOf(number));
  expect(pending.take(95).map(({ atMs }) => atMs)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  pending.settle(8);
  expect(pending.take(10_000).map(({ atMs }) => atMs)).toEqual(Array.from({ length: 62 }, (_, n) => n + 8));
  expect(pending.events).toBe(92);
  pending.settle(62);
  expect(pending.take(1)).toHaveLength(1);
  pending.settle(0);
  expect(pending.events).toBe(30);
});

test("the oldest lines give way to one that stands in their place", () => {
  const pending = new PendingLines(50, gapOf);
  for (let number = 0; number < 100; number += 1) pending.add(lineOf(number));
  const lines = pending.take(1000);
  expect(lines.map(({ atMs, dropped }) => [atMs, dropped])).toEqual([
    [96, 97],
    [97, undefined],
    [98, undefined],
    [99, undefined],
  ]);
  expect(pending.events).toBe(100);
});

test("a line longer than the bound alone is kept", () => {
  const pending = new PendingLines(5, gapOf);
  pending.add(lineOf(0));
  expect(pending.take(1000)).toEqual([lineOf(0)]);
});

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  "every event is written once or counted once, in order (seed %d)",
  (seed) => {
    const random = randomBelow(seed);
    const pending = new PendingLines(200 + random(3000), gapOf);
    const written: PendingLine[] = [];
    let added = 0;
    const addSome = (): void => {
      for (let count = random(random(10) === 0 ? 6000 : 60); count > 0; count -= 1) pending.add(lineOf(added++));
    };
    for (let step = 0; step < 300; step += 1) {
      addSome();
      if (pending.isEmpty) continue;
      const taken = pending.take(1 + random(500));
      addSome();
      const count = random(3) === 0 ? random(taken.length + 1) : 0;
      written.push(...taken.slice(0, count));
      pending.settle(count);
      const counted = written.reduce((sum, { dropped }) => sum + (dropped ?? 1), 0);
      expect(counted + pending.events).toBe(added);
    }
    while (!pending.isEmpty) {
      const taken = pending.take(500);
      expect(new Set(taken.map(({ path }) => path))).toHaveLength(1);
      written.push(...taken);
      pending.settle(taken.length);
    }
    let next = 0;
    for (const { atMs, dropped } of written) {
      next += dropped ?? 1;
      expect(atMs).toBe(next - 1);
    }
    expect(next).toBe(added);
  },
);

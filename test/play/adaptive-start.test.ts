import { expect, test } from "vitest";
import { AdaptiveStart } from "../../src-main/play/adaptive-start.ts";

const REQUESTED_AT_MS = 1_000;
const FIRST_AT_MS = 1_500;

/** A source whose pieces arrive every `everyMs`, `pieceMs` of audio each. */
function after(pieces: number, pieceMs: number, everyMs: number, known?: { rate: number; jitterMs: number }) {
  const policy = new AdaptiveStart(REQUESTED_AT_MS, known);
  let atMs = FIRST_AT_MS;
  for (let piece = 1; piece <= pieces; piece++) {
    atMs = FIRST_AT_MS + (piece - 1) * everyMs;
    policy.arrived(piece * pieceMs, atMs);
  }
  return { policy, bufferedMs: pieces * pieceMs, atMs };
}

function isReady({ policy, bufferedMs, atMs }: ReturnType<typeof after>): boolean {
  return policy.isReady(bufferedMs, atMs);
}

test("a source that made its first piece faster than it plays starts with it", () => {
  const policy = new AdaptiveStart(REQUESTED_AT_MS);
  policy.arrived(100, REQUESTED_AT_MS + 25);
  expect(policy.isReady(100, REQUESTED_AT_MS + 25)).toBe(true);
  expect(policy.slowBelowMs(REQUESTED_AT_MS + 25)).toBe(0);
});

test("a fast source behind a slow first byte starts within 20 ms of its first piece", () => {
  expect(isReady(after(1, 80, 4))).toBe(false);
  expect(isReady(after(3, 80, 8))).toBe(true);
});

test("a source at real time starts with 80 ms and grows its cushion to 150 ms", () => {
  expect(isReady(after(3, 20, 20))).toBe(false);
  const steady = after(4, 20, 20);
  expect(isReady(steady)).toBe(true);
  expect(steady.policy.slowBelowMs(steady.atMs)).toBeCloseTo(150, 0);
});

test("a slow source whose length is known starts when what waits lasts to the end at 0.95 times the speed", () => {
  const slow = after(10, 100, 130);
  slow.policy.expect(8_000);
  const rate = 900 / 1_170;
  const neededMs = 7_000 * (0.95 / rate - 1) + 80 * 0.95;
  expect(slow.policy.isReady(neededMs - 20, slow.atMs)).toBe(false);
  expect(slow.policy.isReady(neededMs + 20, slow.atMs)).toBe(true);
  expect(slow.policy.slowBelowMs(slow.atMs)).toBeCloseTo(7_000 * (1 / rate - 1) + 150, -1);
});

test("what the reply before taught counts until there is a second piece", () => {
  expect(isReady(after(1, 100, 0))).toBe(false);
  expect(isReady(after(1, 100, 0, { rate: 5, jitterMs: 0 }))).toBe(true);
  expect(isReady(after(1, 100, 0, { rate: 5, jitterMs: 300 }))).toBe(false);
  expect(isReady(after(1, 300, 0))).toBe(true);
});

test("clumps that were seen make the cushion larger, but a single one among many does not", () => {
  const clumped = new AdaptiveStart(REQUESTED_AT_MS);
  for (let clump = 0; clump < 5; clump++) {
    for (let piece = 1; piece <= 10; piece++) {
      clumped.arrived((clump * 10 + piece) * 20, FIRST_AT_MS + clump * 200 + piece);
    }
  }
  expect(clumped.slowBelowMs(FIRST_AT_MS + 810)).toBeGreaterThan(150);
  const once = new AdaptiveStart(REQUESTED_AT_MS);
  for (let piece = 1; piece <= 50; piece++)
    once.arrived(piece * 20, FIRST_AT_MS + piece * 20 + (piece === 30 ? 19 : 0));
  expect(once.slowBelowMs(FIRST_AT_MS + 1_000)).toBeCloseTo(150, -1);
});

test("after a gap it waits for less than at the start, so that the gap does not grow", () => {
  const slow = after(40, 100, 130);
  const neededMs = slow.policy.slowBelowMs(slow.atMs);
  slow.policy.starved();
  expect(slow.policy.slowBelowMs(slow.atMs)).toBeLessThan(neededMs);
  expect(slow.policy.isReady(neededMs, slow.atMs)).toBe(true);
});

test("teaches the pace of its source", () => {
  expect(after(1, 100, 0).policy.pace).toBeUndefined();
  const { rate, jitterMs } = after(20, 100, 50).policy.pace ?? { rate: 0, jitterMs: -1 };
  expect(rate).toBeGreaterThan(1.8);
  expect(rate).toBeLessThan(2.1);
  expect(jitterMs).toBe(0);
});

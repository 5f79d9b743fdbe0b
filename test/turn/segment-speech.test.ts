import { expect, test } from "vitest";
import { segmentSpeech } from "../../src-main/turn/segment-speech.ts";

const FRAME_MS = 32;

/** Probabilities of a recording of this length with speech from one time to another. */
function recording(lengthMs: number, ...speech: readonly (readonly [fromMs: number, toMs: number])[]): number[] {
  return Array.from({ length: Math.round(lengthMs / FRAME_MS) }, (_, frame) => {
    const atMs = (frame + 0.5) * FRAME_MS;
    return speech.some(([fromMs, toMs]) => atMs >= fromMs && atMs < toMs) ? 0.9 : 0.05;
  });
}

test("no speech, no segments", () => {
  expect(segmentSpeech([])).toEqual([]);
  expect(segmentSpeech(recording(600_000))).toEqual([]);
  expect(segmentSpeech(recording(3_200, [992, 1_024]))).toEqual([]);
});

test("a segment has a quarter of a second around its speech", () => {
  expect(segmentSpeech(recording(6_400, [1_920, 3_840]))).toEqual([{ startMs: 1_670, endMs: 4_090 }]);
});

test("speech at the very edges stays inside the recording", () => {
  expect(segmentSpeech(recording(3_200, [0, 3_200]))).toEqual([{ startMs: 0, endMs: 3_200 }]);
});

test("short pauses are joined, long ones part", () => {
  expect(segmentSpeech(recording(9_600, [960, 1_920], [2_880, 3_840]))).toHaveLength(1);
  const parted = segmentSpeech(recording(9_600, [960, 1_920], [3_520, 4_480]));
  expect(parted.map(({ startMs }) => startMs)).toEqual([710, 3_270]);
});

test("segments are not joined beyond 15 s", () => {
  const segments = segmentSpeech(recording(32_000, [960, 9_600], [9_920, 18_880], [19_200, 28_160]));
  expect(segments).toHaveLength(3);
  for (const [index, { startMs, endMs }] of segments.entries()) {
    expect(endMs - startMs).toBeLessThanOrEqual(15_000);
    expect(startMs).toBeGreaterThanOrEqual(segments[index - 1]?.endMs ?? 0);
  }
});

test("speech without a pause is cut where it is quietest", () => {
  const probabilities = recording(40_000, [0, 40_000]);
  probabilities[400] = 0.5;
  probabilities[800] = 0.6;
  const segments = segmentSpeech(probabilities);
  expect(segments.map(({ startMs }) => startMs)).toEqual([0, 400 * FRAME_MS, 800 * FRAME_MS]);
  expect(segments.map(({ endMs }) => endMs)).toEqual([400 * FRAME_MS, 800 * FRAME_MS, 40_000]);
  for (const { startMs, endMs } of segments) expect(endMs - startMs).toBeLessThanOrEqual(15_000);
});

test("whatever the recording, segments are in order, apart, at most 15 s and cover all speech", () => {
  let state = 7;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  for (let round = 0; round < 200; round++) {
    const speech: [number, number][] = [];
    for (let atMs = random() * 3_000; atMs < 90_000;) {
      const endMs = atMs + 200 + random() ** 3 * 40_000;
      speech.push([atMs, Math.min(endMs, 90_000)]);
      atMs = endMs + 100 + random() * 3_000;
    }
    const probabilities = recording(90_000, ...speech);
    const segments = segmentSpeech(probabilities);
    let previousEndMs = 0;
    for (const { startMs, endMs } of segments) {
      expect(startMs).toBeGreaterThanOrEqual(previousEndMs);
      expect(endMs - startMs).toBeGreaterThan(100);
      expect(endMs - startMs).toBeLessThanOrEqual(15_500);
      previousEndMs = endMs;
    }
    for (const [fromMs, toMs] of speech) {
      if (toMs - fromMs < 100) continue; // Cut off by the end of the recording.
      const middleMs = (fromMs + toMs) / 2;
      expect(segments.some(({ startMs, endMs }) => startMs <= middleMs && middleMs < endMs)).toBe(true);
    }
  }
});

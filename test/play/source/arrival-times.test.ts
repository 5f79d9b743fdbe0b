import { expect, test } from "vitest";
import { arrivalTimes } from "../../../src-main/play/source/arrival-times.ts";
import { STEADY } from "../../../src-main/play/source/jitter-spec.ts";

/** Ten chunks of 100 ms. */
const TENTHS = Array.from({ length: 10 }, () => 100);
/** A minute in chunks of 20 ms. */
const MINUTE = Array.from({ length: 3000 }, () => 20);

test("at real time a chunk arrives when its audio has been made", () => {
  expect(arrivalTimes(STEADY, [100, 50, 250], 1)).toEqual([100, 150, 400]);
  expect(arrivalTimes(STEADY, [], 1)).toEqual([]);
});

test("rtf stretches the pace, and 0 is all at once", () => {
  expect(arrivalTimes({ ...STEADY, paceRatio: 1.2 }, [100, 100], 1)).toEqual([120, 240]);
  expect(arrivalTimes({ ...STEADY, paceRatio: 0.5 }, [100, 100], 1)).toEqual([50, 100]);
  expect(arrivalTimes({ ...STEADY, paceRatio: 0 }, [100, 100], 1)).toEqual([0, 0]);
});

test("a burst arrives with its last chunk, the last burst may be short", () => {
  expect(arrivalTimes({ ...STEADY, burstChunks: 4 }, TENTHS, 1)).toEqual([
    400, 400, 400, 400, 800, 800, 800, 800, 1000, 1000,
  ]);
});

test("a slow start is late for all", () => {
  expect(arrivalTimes({ ...STEADY, slowStartMs: 900 }, [100, 100], 1)).toEqual([1000, 1100]);
});

test("what is due in a stall arrives together at its end, what is due later in time", () => {
  const stalls = [{ durationMs: 250, afterAudioMs: 300 }];
  expect(arrivalTimes({ ...STEADY, stalls }, TENTHS, 1)).toEqual([100, 200, 300, 550, 550, 600, 700, 800, 900, 1000]);
  expect(arrivalTimes({ ...STEADY, stalls, paceRatio: 0 }, TENTHS.slice(0, 5), 1)).toEqual([0, 0, 0, 250, 250]);
});

test("stops before the chunk that the stream breaks off in", () => {
  expect(arrivalTimes({ ...STEADY, errorAfterAudioMs: 300 }, TENTHS, 1)).toEqual([100, 200, 300]);
  expect(arrivalTimes({ ...STEADY, errorAfterAudioMs: 250 }, TENTHS, 1)).toEqual([100, 200]);
  expect(arrivalTimes({ ...STEADY, errorAfterAudioMs: 250, burstChunks: 20 }, TENTHS, 1)).toEqual([200, 200]);
  expect(arrivalTimes({ ...STEADY, errorAfterAudioMs: 0 }, TENTHS, 1)).toEqual([]);
});

test("the same seed gives the same times, another one others", () => {
  const spec = { ...STEADY, wifiMostMs: 150, lossProbability: 0.05 };
  expect(arrivalTimes(spec, MINUTE, 7)).toEqual(arrivalTimes(spec, MINUTE, 7));
  expect(arrivalTimes(spec, MINUTE, 7)).not.toEqual(arrivalTimes(spec, MINUTE, 8));
});

test("Wi-Fi: mostly small delays, now and then a clump of up to the most, in order", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const times = arrivalTimes({ ...STEADY, wifiMostMs: 150 }, MINUTE, seed);
    const delays = times.map((arrivalMs, index) => arrivalMs - 20 * (index + 1)).toSorted((a, b) => a - b);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(delays[0]).toBeGreaterThanOrEqual(0);
    expect(delays.at(-1)).toBeLessThanOrEqual(150);
    expect(delays.at(-1)).toBeGreaterThan(100);
    expect(delays[1500]).toBeLessThan(15);
    const clumps = times.filter((arrivalMs, index) => arrivalMs === times[index - 1]).length;
    expect(clumps).toBeGreaterThan(30);
  }
});

test("loss: a lost chunk is held for 200 ms, and those behind it with it", () => {
  const times = arrivalTimes({ ...STEADY, lossProbability: 0.01 }, MINUTE, 4);
  const delays = times.map((arrivalMs, index) => arrivalMs - 20 * (index + 1));
  const lost = delays.filter((delayMs) => delayMs === 200).length;
  expect(lost).toBeGreaterThan(12);
  expect(lost).toBeLessThan(60);
  const first = delays.indexOf(200);
  expect(delays.slice(first, first + 4)).toEqual([200, 180, 160, 140]);
  expect(arrivalTimes({ ...STEADY, lossProbability: 1 }, [100, 100], 1)).toEqual([300, 400]);
  expect(arrivalTimes({ ...STEADY, lossProbability: 0 }, MINUTE, 3)).toEqual(arrivalTimes(STEADY, MINUTE, 9));
});

test("a trace sets the pace by its bytes, however the stream is cut", () => {
  const trace = [
    { arrivalMs: 30, bytes: 4800 },
    { arrivalMs: 35, bytes: 2400 },
    { arrivalMs: 500, bytes: 7200 },
  ];
  const spec = { ...STEADY, trace };
  expect(arrivalTimes(spec, [100, 50, 150], 1)).toEqual([30, 35, 500]);
  expect(arrivalTimes(spec, [50, 50, 20, 31, 149], 1)).toEqual([30, 30, 35, 500, 500]);
  expect(arrivalTimes(spec, [300, 100], 1)).toEqual([500, 500]);
  expect(arrivalTimes(spec, [200, 100, 300], 1, 24_000)).toEqual([30, 35, 500]);
  expect(
    arrivalTimes({ ...spec, slowStartMs: 10, stalls: [{ durationMs: 100, afterAudioMs: 100 }] }, [100, 50, 150], 1),
  )
    // The stall begins when the audio before it is there, at 40 ms.
    .toEqual([40, 140, 510]);
});

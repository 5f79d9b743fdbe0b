import { expect, test } from "vitest";
import { readWorkletClock, type ContextClock } from "../../src-renderer/audio/read-worklet-clock.ts";

const TIME_ORIGIN_MS = 1_700_000_000_000;

function context(change: Partial<ContextClock> & { stamp?: AudioTimestamp } = {}): ContextClock {
  const { stamp = {}, ...rest } = change;
  return { currentTime: 10, outputLatency: 0.03, baseLatency: 0.01, getOutputTimestamp: () => stamp, ...rest };
}

test("a reported output instant gives both origins, the latency apart", () => {
  // Sample 9.95 s left the speaker at 19,980 ms; 30 ms earlier it was rendered.
  const clock = readWorkletClock(
    context({ stamp: { contextTime: 9.95, performanceTime: 19_980 } }),
    20_000,
    TIME_ORIGIN_MS,
  );
  expect(clock.audibleOriginMs).toBeCloseTo(TIME_ORIGIN_MS + 19_980 - 9_950, 6);
  expect(clock.audibleOriginMs - clock.renderOriginMs).toBeCloseTo(30, 6);
});

test("without an output instant the latest rendered block is the reference", () => {
  const clock = readWorkletClock(context({ outputLatency: 0 }), 20_000, TIME_ORIGIN_MS);
  expect(clock.renderOriginMs).toBeCloseTo(TIME_ORIGIN_MS + 10_000, 6);
  expect(clock.audibleOriginMs - clock.renderOriginMs).toBeCloseTo(10, 6);
});

test("an instant from before the context was suspended is not believed", () => {
  // The context stood still from 12,000 to 20,000 ms and has just resumed.
  const clock = readWorkletClock(
    context({ stamp: { contextTime: 9.99, performanceTime: 12_000 } }),
    20_000,
    TIME_ORIGIN_MS,
  );
  expect(clock.renderOriginMs).toBeCloseTo(TIME_ORIGIN_MS + 10_000, 6);
});

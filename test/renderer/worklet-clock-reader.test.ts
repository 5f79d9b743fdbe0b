import { expect, test } from "vitest";
import { WorkletClockReader, type ContextClock } from "../../src-renderer/audio/worklet-clock-reader.ts";

const TIME_ORIGIN_MS = 1_700_000_000_000;

/** A context whose time 0 is at 10,000 ms of the page's. */
class FakeContext implements ContextClock {
  currentTime = 10;
  outputLatency = 0;
  readonly baseLatency = 0.01;
  stamp: AudioTimestamp = {};

  getOutputTimestamp(): AudioTimestamp {
    return this.stamp;
  }

  showAt(nowMs: number, latencyMs: number): void {
    this.currentTime = (nowMs - 10_000) / 1000;
    this.stamp = { contextTime: this.currentTime - latencyMs / 1000, performanceTime: nowMs };
  }
}

function start(): { readonly context: FakeContext; readonly reader: WorkletClockReader } {
  const context = new FakeContext();
  return { context, reader: new WorkletClockReader(context, TIME_ORIGIN_MS) };
}

test("a reported output instant gives both origins, the latency apart", () => {
  const { context, reader } = start();
  // Sample 9.95 s left the speaker at 19,980 ms; 30 ms earlier it was rendered.
  context.stamp = { contextTime: 9.95, performanceTime: 19_980 };
  const clock = reader.read(20_000);
  expect(clock.renderOriginMs).toBeCloseTo(TIME_ORIGIN_MS + 10_000, 6);
  expect(clock.audibleOriginMs).toBeCloseTo(TIME_ORIGIN_MS + 19_980 - 9_950, 6);
  expect(clock.audibleOriginMs - clock.renderOriginMs).toBeCloseTo(30, 6);
});

test("without an output instant the latency that the context tells is believed", () => {
  const { context, reader } = start();
  expect(reader.read(20_000)).toMatchObject({
    renderOriginMs: TIME_ORIGIN_MS + 10_000,
    audibleOriginMs: TIME_ORIGIN_MS + 10_010,
  });
  context.outputLatency = 0.25;
  expect(reader.read(20_000).audibleOriginMs).toBe(TIME_ORIGIN_MS + 10_250);
});

test("an instant from before the context was suspended is not believed", () => {
  const { context, reader } = start();
  // The context stood still from 12,000 to 20,000 ms and has just resumed.
  context.stamp = { contextTime: 9.99, performanceTime: 12_000 };
  const clock = reader.read(20_000);
  expect(clock.renderOriginMs).toBeCloseTo(TIME_ORIGIN_MS + 10_000, 6);
  expect(clock.audibleOriginMs).toBe(TIME_ORIGIN_MS + 10_010);
});

test("a page that reads late, and a latency that is wrong for some seconds, shift nothing", () => {
  const { context, reader } = start();
  for (let nowMs = 20_000; nowMs < 50_000; nowMs += 250) {
    context.showAt(nowMs, nowMs > 30_000 && nowMs < 40_000 ? 95 : 40);
    const isLate = nowMs % 1_000 === 0;
    const clock = reader.read(isLate ? nowMs + 70 : nowMs);
    if (nowMs < 21_000) continue;
    expect(clock.renderOriginMs).toBeCloseTo(TIME_ORIGIN_MS + 10_000, 6);
    expect(clock.audibleOriginMs).toBeCloseTo(TIME_ORIGIN_MS + 10_040, 6);
  }
});

test("a sound that fell behind is followed within two seconds, and at once after the context stood still", () => {
  const { context, reader } = start();
  const readFor = (fromMs: number, toMs: number, behindMs: number): number => {
    let originMs = Number.NaN;
    for (let nowMs = fromMs; nowMs < toMs; nowMs += 250) {
      context.showAt(nowMs - behindMs, 40);
      context.stamp.performanceTime = nowMs;
      originMs = reader.read(nowMs).audibleOriginMs;
    }
    return originMs;
  };
  readFor(20_000, 25_000, 0);
  expect(readFor(25_000, 27_000, 50)).toBeCloseTo(TIME_ORIGIN_MS + 10_090, 6);
  reader.forget();
  expect(readFor(27_000, 27_250, 400)).toBeCloseTo(TIME_ORIGIN_MS + 10_440, 6);
});

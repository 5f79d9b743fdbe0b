import { describe, expect, test } from "vitest";
import { PlaybackProcess } from "../../src-shared/playback-process.ts";
import type { SpeakerReport } from "../../src-shared/speaker-protocol.ts";

const RATE_HZ = 24_000;
const BLOCK = 240;
const FREQUENCY_HZ = 220;
/** Largest step between two samples of the test tone. */
const TONE_STEP = (2 * Math.PI * FREQUENCY_HZ * 0.5) / RATE_HZ;

class Device {
  readonly process = new PlaybackProcess({ sampleRateHz: RATE_HZ, capacitySamples: 5 * RATE_HZ });
  readonly out: number[] = [];
  readonly reports: SpeakerReport[] = [];
  #sent = 0;

  tone(samples: number, generation = 1): void {
    const start = this.#sent;
    const pcm = Float32Array.from({ length: samples }, (_, index) => tone(start + index));
    this.#sent += samples;
    this.process.command({ kind: "pcm", generation, pcm }, this.nowMs);
  }

  get nowMs(): number {
    return (this.out.length * 1000) / RATE_HZ;
  }

  play(ms: number): void {
    const block = new Float32Array(BLOCK);
    for (let count = 0; count < ms / 10; count++) {
      this.process.process(block, this.nowMs);
      this.out.push(...block);
      for (let report = this.process.takeReport(); report; report = this.process.takeReport())
        this.reports.push({ ...report });
    }
  }

  find<K extends SpeakerReport["kind"]>(kind: K): Extract<SpeakerReport, { kind: K }> {
    return this.reports.find((report) => report.kind === kind) as Extract<SpeakerReport, { kind: K }>;
  }
}

function tone(index: number): number {
  return 0.5 * Math.sin((2 * Math.PI * FREQUENCY_HZ * index) / RATE_HZ);
}

function largestStep(samples: readonly number[]): number {
  let largest = 0;
  for (let index = 1; index < samples.length; index++) {
    largest = Math.max(largest, Math.abs((samples[index] as number) - (samples[index - 1] as number)));
  }
  return largest;
}

test("plays every sample once after the start, the first 5 ms faded in, and fades out behind the last", () => {
  const device = new Device();
  device.process.command({ kind: "begin", generation: 1, firstSample: 0 }, 0);
  device.tone(2400);
  device.play(20);
  expect(device.out.every((sample) => sample === 0)).toBe(true);
  device.process.command({ kind: "start", generation: 1 }, device.nowMs);
  device.process.command({ kind: "end", generation: 1, totalSamples: 2400 }, device.nowMs);
  device.play(150);
  for (let index = 120; index < 2400; index++) expect(device.out[480 + index]).toBeCloseTo(tone(index), 5);
  expect(device.out.slice(480 + 2400, 480 + 2400 + 60).some((sample) => Math.abs(sample) > 0.01)).toBe(true);
  expect(device.out.slice(480 + 2400 + 120).every((sample) => sample === 0)).toBe(true);
  expect(largestStep(device.out)).toBeLessThanOrEqual(TONE_STEP + 0.5 / 120 + 1e-6);
  const finished = device.find("finished");
  expect(finished).toMatchObject({ flushed: false, playedSamples: 2400, underruns: 0, gapSamples: 0 });
  expect(finished.atMs).toBeCloseTo(120, 1);
});

test("reports the instant of the first audible sample, not of the first sample", () => {
  const device = new Device();
  device.process.command({ kind: "begin", generation: 1, firstSample: 0 }, 0);
  device.process.command({ kind: "pcm", generation: 1, pcm: new Float32Array(1200) }, 0);
  device.tone(2400);
  device.process.command({ kind: "start", generation: 1 }, 0);
  device.play(100);
  expect(device.find("audible").atMs).toBeGreaterThanOrEqual(50);
  expect(device.find("audible").atMs).toBeLessThan(51);
});

describe("a gap", () => {
  function withGap(): Device {
    const device = new Device();
    device.process.command({ kind: "begin", generation: 1, firstSample: 0 }, 0);
    device.tone(4800);
    device.process.command({ kind: "start", generation: 1 }, 0);
    device.play(300);
    device.tone(1000);
    device.play(50);
    device.tone(6000);
    device.process.command({ kind: "start", generation: 1 }, device.nowMs);
    device.process.command({ kind: "end", generation: 1, totalSamples: 11_800 }, device.nowMs);
    device.play(400);
    return device;
  }

  test("is counted once, with its length in samples", () => {
    const finished = withGap().find("finished");
    expect(finished).toMatchObject({ underruns: 1, playedSamples: 11_800, gapSamples: 0.15 * RATE_HZ });
    expect(finished.deepestGapSamples).toBe(finished.gapSamples);
  });

  test("waits for the next start before it resumes, and drops nothing", () => {
    const device = withGap();
    expect(device.out.slice(4920, 8400).every((sample) => sample === 0)).toBe(true);
    expect(device.find("finished").playedSamples).toBe(11_800);
  });

  test("makes no step larger than the signal's own", () => {
    expect(largestStep(withGap().out)).toBeLessThanOrEqual(TONE_STEP + 0.5 / 120 + 1e-6);
  });
});

test("waiting for the end of a reply that has nothing left is not a gap", () => {
  const device = new Device();
  device.process.command({ kind: "begin", generation: 1, firstSample: 0 }, 0);
  device.tone(2400);
  device.process.command({ kind: "start", generation: 1 }, 0);
  device.play(300);
  device.process.command({ kind: "end", generation: 1, totalSamples: 2400 }, device.nowMs);
  device.play(20);
  expect(device.find("finished")).toMatchObject({ underruns: 0, gapSamples: 0, playedSamples: 2400 });
});

test("a flush is silent within 5 ms and one block, without a click, and reports what was played", () => {
  const device = new Device();
  device.process.command({ kind: "begin", generation: 1, firstSample: 0 }, 0);
  device.tone(48_000);
  device.process.command({ kind: "start", generation: 1 }, 0);
  device.play(500);
  device.process.command({ kind: "flush", generation: 1 }, device.nowMs);
  device.play(100);
  expect(device.out.slice(12_000 + 120).every((sample) => sample === 0)).toBe(true);
  expect(device.out.slice(12_000, 12_060).some((sample) => Math.abs(sample) > 0.01)).toBe(true);
  expect(largestStep(device.out)).toBeLessThanOrEqual(TONE_STEP + 0.5 / 120 + 1e-6);
  expect(device.find("finished")).toMatchObject({ flushed: true, playedSamples: 12_000 });
  device.tone(4800);
  device.play(100);
  expect(device.out.slice(-2400).every((sample) => sample === 0)).toBe(true);
});

test("a newer reply voids the older one and starts its counters at zero", () => {
  const device = new Device();
  device.process.command({ kind: "begin", generation: 1, firstSample: 0 }, 0);
  device.tone(4800);
  device.process.command({ kind: "start", generation: 1 }, 0);
  device.play(50);
  device.process.command({ kind: "begin", generation: 2, firstSample: 0 }, device.nowMs);
  device.tone(2400, 1);
  device.tone(2400, 2);
  device.process.command({ kind: "start", generation: 2 }, device.nowMs);
  device.process.command({ kind: "end", generation: 2, totalSamples: 2400 }, device.nowMs);
  device.play(200);
  expect(device.reports.findLast((report) => report.kind === "finished")).toMatchObject({
    generation: 2,
    playedSamples: 2400,
    flushed: false,
  });
});

test("ducks to -12 dB and back without a step", () => {
  const device = new Device();
  device.process.command({ kind: "begin", generation: 1, firstSample: 0 }, 0);
  device.tone(48_000);
  device.process.command({ kind: "start", generation: 1 }, 0);
  device.play(500);
  device.process.command({ kind: "gain", ratio: 0.25, rampMs: 20 }, device.nowMs);
  device.play(500);
  const ducked = device.out.slice(13_000, 23_000);
  expect(Math.max(...ducked)).toBeCloseTo(0.125, 2);
  device.process.command({ kind: "gain", ratio: 1, rampMs: 20 }, device.nowMs);
  device.play(500);
  expect(Math.max(...device.out.slice(26_000))).toBeCloseTo(0.5, 2);
  expect(largestStep(device.out)).toBeLessThanOrEqual(TONE_STEP + 0.5 / 120 + 1e-6);
});

test("pauses within 5 ms and goes on from the exact sample", () => {
  const device = new Device();
  device.process.command({ kind: "begin", generation: 1, firstSample: 0 }, 0);
  device.tone(12_000);
  device.process.command({ kind: "start", generation: 1 }, 0);
  device.play(100);
  device.process.command({ kind: "pause", generation: 1 }, device.nowMs);
  device.play(200);
  expect(device.out.slice(2400 + 120).every((sample) => sample === 0)).toBe(true);
  device.process.command({ kind: "resume", generation: 1 }, device.nowMs);
  device.process.command({ kind: "end", generation: 1, totalSamples: 12_000 }, device.nowMs);
  device.play(500);
  const resumedAt = 2400 + 4800;
  for (let index = 120; index < 9600; index++) expect(device.out[resumedAt + index]).toBeCloseTo(tone(2400 + index), 5);
  expect(largestStep(device.out)).toBeLessThanOrEqual(TONE_STEP + 0.5 / 120 + 1e-6);
  expect(device.find("finished")).toMatchObject({ playedSamples: 12_000, underruns: 0, elapsedSamples: 16_800 });
});

test("a reply that goes on from the middle reports positions from its beginning", () => {
  const device = new Device();
  device.process.command({ kind: "begin", generation: 3, firstSample: 7_200 }, 0);
  device.tone(2400, 3);
  device.process.command({ kind: "end", generation: 3, totalSamples: 9_600 }, 0);
  device.process.command({ kind: "start", generation: 3 }, 0);
  device.play(150);
  expect(device.find("finished")).toMatchObject({ positionSamples: 9_600, playedSamples: 2_400, flushed: false });
});

describe("the tempo", () => {
  function withTempo(slowBelowSamples: number, hurryAboveSamples: number): Device {
    const device = new Device();
    device.process.command({ kind: "begin", generation: 1, firstSample: 0 }, 0);
    device.tone(48_000);
    device.process.command({ kind: "tempo", generation: 1, slowBelowSamples, hurryAboveSamples }, 0);
    device.process.command({ kind: "start", generation: 1 }, 0);
    device.play(1500);
    device.process.command({ kind: "flush", generation: 1 }, device.nowMs);
    device.play(10);
    return device;
  }

  test.each([
    ["slower", 96_000, 0, 0.9, 0.93],
    ["faster", 0, 1, 1.07, 1.1],
    ["unchanged", 0, 0, 1, 1],
  ])("%s: within 0.9 and 1.1, without a step", (_, slowBelow, hurryAbove, least, most) => {
    const device = withTempo(slowBelow, hurryAbove);
    const { playedSamples, stretchedSamples } = device.find("finished");
    const speed = playedSamples / (1.5 * RATE_HZ);
    expect(speed).toBeGreaterThanOrEqual(least - 0.01);
    expect(speed).toBeLessThanOrEqual(most + 0.01);
    expect(largestStep(device.out.slice(240))).toBeLessThanOrEqual(TONE_STEP * 1.05);
    expect(Math.abs(stretchedSamples - Math.abs(1.5 * RATE_HZ - playedSamples))).toBeLessThan(400);
  });

  test("leaves the pitch as it is", () => {
    const crossings = (samples: readonly number[]) =>
      samples.filter((sample, index) => index > 0 && sample >= 0 && (samples[index - 1] as number) < 0).length;
    const perSecond = (device: Device) => (crossings(device.out) * RATE_HZ) / device.out.length;
    expect(perSecond(withTempo(96_000, 0))).toBeCloseTo(FREQUENCY_HZ, -1);
    expect(perSecond(withTempo(0, 1))).toBeCloseTo(FREQUENCY_HZ, -1);
  });
});

test("a gap of the output itself counts while something plays, and only then", () => {
  const device = new Device();
  device.process.missed(50);
  device.process.command({ kind: "begin", generation: 1, firstSample: 0 }, 0);
  device.tone(2400);
  device.process.missed(50);
  device.process.command({ kind: "start", generation: 1 }, 0);
  device.play(50);
  device.process.missed(30);
  device.process.command({ kind: "end", generation: 1, totalSamples: 2400 }, device.nowMs);
  device.play(100);
  expect(device.find("finished")).toMatchObject({
    underruns: 1,
    gapSamples: 720,
    playedSamples: 2400,
    elapsedSamples: 2400 + 720,
  });
});

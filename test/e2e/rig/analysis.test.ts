import { expect, test } from "vitest";
import {
  correlationOf,
  envelopeDb,
  findByLoudness,
  findIn,
  levelDb,
  median,
  onsetMs,
  silentGaps,
  soundingSpans,
} from "./analysis.ts";

const RATE_HZ = 8_000;

test("the level of a full-scale sine is -3.01 dB, and half of it is 6.02 dB less", () => {
  expect(levelDb(tone(1000, 1))).toBeCloseTo(-3.0103, 3);
  expect(levelDb(tone(1000, 0.5))).toBeCloseTo(-9.0309, 3);
  expect(levelDb(new Float32Array(100))).toBe(-120);
  expect(levelDb(new Float32Array(0))).toBe(-120);
});

test("the envelope has one level per whole step", () => {
  const pcm = joined(new Float32Array(800), tone(100, 0.5), new Float32Array(70));
  expect(envelopeDb(pcm, RATE_HZ, 20)).toHaveLength(10);
  expect(Array.from(envelopeDb(pcm, RATE_HZ, 100), Math.round)).toEqual([-120, -9]);
});

test("the onset is found within a step, and clicks are not taken for it", () => {
  const click = new Float32Array(80).fill(0.5);
  const pcm = joined(new Float32Array(1000), click, new Float32Array(2920), tone(300, 0.1));
  expect(onsetMs(pcm, RATE_HZ, -40)).toBe(500);
  expect(onsetMs(pcm, RATE_HZ, -40, 10)).toBe(120);
  expect(onsetMs(pcm, RATE_HZ, -10)).toBeUndefined();
});

test("short pauses do not end a stretch of sound", () => {
  const pcm = joined(tone(200, 0.3), new Float32Array(800), tone(200, 0.3), new Float32Array(4000), tone(200, 0.3));
  expect(soundingSpans(pcm, RATE_HZ, -40, 150)).toEqual([
    { startMs: 0, endMs: 500 },
    { startMs: 1000, endMs: 1200 },
  ]);
});

test("a gap is a run of zeros inside the sound, not around it", () => {
  const sound = new Float32Array(800).fill(0.1);
  const pcm = joined(new Float32Array(400), sound, new Float32Array(160), sound, new Float32Array(8), sound);
  expect(silentGaps(pcm, RATE_HZ, 10)).toEqual([{ startMs: 150, endMs: 170 }]);
  expect(silentGaps(new Float32Array(100), RATE_HZ, 1)).toEqual([]);
});

test("a template is found at its sample, whatever its volume, and noise is not mistaken for it", () => {
  const template = noise(1, 900);
  const recording = noise(2, 5000).map((sample) => sample * 0.05);
  template.forEach((sample, index) => {
    recording[3210 + index] = (recording[3210 + index] as number) + sample * 0.4;
  });
  const found = findIn(recording, template);
  expect(found.offsetSamples).toBe(3210);
  expect(found.correlation).toBeGreaterThan(0.98);
  expect(findIn(noise(3, 5000), template).correlation).toBeLessThan(0.2);
});

test("cross-correlation agrees with the definition", () => {
  const [recording, template] = [noise(4, 60), noise(5, 17)];
  const naive = Array.from({ length: 44 }, (_, offset) => {
    const window = recording.subarray(offset, offset + 17);
    return dot(window, template) / Math.sqrt(dot(window, window) * dot(template, template));
  });
  const best = Math.max(...naive);
  const found = findIn(recording, template);
  expect(found.offsetSamples).toBe(naive.indexOf(best));
  expect(found.correlation).toBeCloseTo(best, 6);
});

test("loudness finds what a filter and a slip of 10 ms have changed", () => {
  const bursts = joined(...[300, 500, 200, 700, 400].map((ms, index) => tone(ms, index % 2 ? 0.02 : 0.4)));
  const slipped = joined(bursts.subarray(0, 4000), bursts.subarray(4080));
  const filtered = slipped.map((sample, index) => (sample + (slipped[index - 1] ?? 0)) * 0.3);
  const recording = joined(new Float32Array(3200), filtered, new Float32Array(1600));
  const found = findByLoudness(recording, bursts.subarray(0, 15_200), RATE_HZ);
  expect(found.correlation).toBeGreaterThan(0.9);
  expect(Math.abs(found.offsetSamples - 3200)).toBeLessThanOrEqual(80);
});

test("correlation is 1 for the same shape, -1 for the opposite, 0 for none", () => {
  const shape = Float32Array.of(1, 5, 2, 8);
  expect(
    correlationOf(
      shape,
      shape.map((value) => value * 3 + 1),
    ),
  ).toBeCloseTo(1, 6);
  expect(
    correlationOf(
      shape,
      shape.map((value) => -value),
    ),
  ).toBeCloseTo(-1, 6);
  expect(correlationOf(shape, Float32Array.of(2, 2, 2, 2))).toBe(0);
});

test("the median is the middle, or the mean of the two in the middle", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 6])).toBe(5.5);
  expect(median([])).toBeNaN();
});

function tone(ms: number, amplitude: number): Float32Array {
  return Float32Array.from(
    { length: (ms * RATE_HZ) / 1000 },
    (_, index) => amplitude * Math.sin((index * Math.PI) / 4),
  );
}

function noise(seed: number, length: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  });
}

function joined(...pieces: readonly Float32Array[]): Float32Array {
  return Float32Array.from(pieces.flatMap((piece) => Array.from(piece)));
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
}

import { expect, test } from "vitest";
import { CHIRP_MS, makeChirp } from "../../../src-renderer/echo/make-chirp.ts";
import { measureEcho, type EchoRecording } from "../../../src-renderer/echo/measure-echo.ts";

const RATE_HZ = 24_000;
const PLAYED_AT = 0.5 * RATE_HZ;
const CHIRP = makeChirp(RATE_HZ);

/** A seeded source of normally distributed numbers with mean 0 and deviation 1. */
function gaussians(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

interface Room {
  /** Delay in ms and loss in dB of every way that the sound takes. */
  readonly ways: readonly (readonly [delayMs: number, lossDb: number])[];
  readonly noiseDb?: number;
  readonly seed?: number;
}

function record({ ways, noiseDb = -200, seed = 1 }: Room): EchoRecording {
  const noise = gaussians(seed);
  const pcm = new Float32Array(1.8 * RATE_HZ).map(() => noise() * 10 ** (noiseDb / 20));
  for (const [delayMs, lossDb] of ways) {
    const start = PLAYED_AT + Math.round((delayMs / 1000) * RATE_HZ);
    CHIRP.forEach((sample, index) => (pcm[start + index] = (pcm[start + index] ?? 0) + sample * 10 ** (-lossDb / 20)));
  }
  return { pcm, playedAtSample: PLAYED_AT, rateHz: RATE_HZ };
}

test("the sound is 0.6 s long, peaks at -20 dBFS and begins and ends in silence", () => {
  expect(CHIRP).toHaveLength((CHIRP_MS / 1000) * RATE_HZ);
  const peak = CHIRP.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(peak).toBeGreaterThan(0.099);
  expect(peak).toBeLessThan(0.1001);
  expect([CHIRP[0], CHIRP.at(-1)]).toEqual([0, expect.closeTo(0, 6)]);
});

const LOSSES = [10, 20, 30, 40, 50, 60].flatMap((lossDb) =>
  [0, 7.31, 120, 400].map((delayMs) => ({ lossDb, delayMs })),
);

test.each(LOSSES)("$lossDb dB after $delayMs ms, in a quiet room and in a noisy one", ({ lossDb, delayMs }) => {
  for (const noiseDb of [-200, -60]) {
    const { isFound, lossDb: measured } = measureEcho(CHIRP, record({ ways: [[delayMs, lossDb]], noiseDb }));
    expect(isFound).toBe(true);
    expect(Math.abs(measured - lossDb)).toBeLessThan(2);
  }
});

test("ways of the same strength add up", () => {
  const ways = Array.from({ length: 16 }, (_, index) => [60 + index * 5.3, 42] as const);
  const { lossDb } = measureEcho(CHIRP, record({ ways, noiseDb: -70 }));
  expect(Math.abs(lossDb - 30)).toBeLessThan(2);
});

test("without an echo it claims no more than the noise allows", () => {
  for (const noiseDb of [-30, -50, -70]) {
    for (let seed = 1; seed <= 3; seed++) {
      const { isFound, lossDb } = measureEcho(CHIRP, record({ ways: [], noiseDb, seed }));
      expect(isFound).toBe(false);
      const hidden = record({ ways: [[80, lossDb - 3]], noiseDb, seed: seed + 100 });
      expect(measureEcho(CHIRP, hidden).isFound).toBe(true);
    }
  }
});

test("someone who talks meanwhile is no echo", () => {
  const { pcm, ...rest } = record({ ways: [], noiseDb: -75 });
  const noise = gaussians(9);
  let formant = 0;
  const talking = pcm.map((sample, index) => {
    formant = 0.9 * formant + 0.1 * noise();
    return index < PLAYED_AT + 2_000 ? sample : sample + 0.3 * formant * Math.abs(Math.sin(index / 2_400));
  });
  expect(measureEcho(CHIRP, { pcm: talking, ...rest }).isFound).toBe(false);
});

test("a silent track is a bound, not a number without end", () => {
  expect(measureEcho(CHIRP, record({ ways: [] })).lossDb).toBeLessThanOrEqual(120);
  expect(measureEcho(CHIRP, { pcm: new Float32Array(30_000), playedAtSample: 12_000, rateHz: RATE_HZ })).toEqual({
    isFound: false,
    lossDb: 120,
  });
});

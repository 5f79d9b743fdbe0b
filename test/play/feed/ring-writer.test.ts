import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { RingWriter } from "../../../src-main/play/feed/ring-writer.ts";
import { resampleAll } from "../../../src-main/streaming-resampler.ts";
import { PcmRing } from "../../../src-shared/pcm-ring.ts";
import { seededRandom } from "../decode/seeded-random.ts";
import type { RampTask, RampWritten } from "./ring-writer-worker.ts";

const CAPACITY_SAMPLES = 1_024;

/** Starts a thread that writes a ramp to a small ring. */
function startWriter(pieceSamples: readonly number[], sampleRateHz = 24_000) {
  const buffer = PcmRing.allocate(CAPACITY_SAMPLES);
  const ring = new PcmRing(buffer);
  ring.setGeneration(1);
  const workerData: RampTask = { ring: buffer, generation: 1, pieceSamples, sampleRateHz };
  const worker = new Worker(new URL("ring-writer-worker.ts", import.meta.url), { workerData });
  onTestFinished(async () => void (await worker.terminate()));
  const written = once(worker, "message").then(([message]) => message as RampWritten);
  return { ring, written };
}

test.each([1, 2, 3])("every sample comes through a ring that is too small for them, seed %i", async (seed) => {
  const random = seededRandom(seed);
  const pieces = Array.from({ length: 40 }, () => random.below(3 * CAPACITY_SAMPLES));
  const total = pieces.reduce((sum, samples) => sum + samples, 0);
  const { ring, written } = startWriter(pieces);
  const piece = new Float32Array(CAPACITY_SAMPLES);
  let next = 0;
  let wrong = 0;
  while (next < total) {
    const count = ring.read(piece, 1 + random.below(CAPACITY_SAMPLES));
    for (let index = 0; index < count; index++) if (piece[index] !== next++) wrong++;
    if (count === 0 || random.chance(0.1)) await delay(1);
  }
  expect(wrong).toBe(0);
  expect(await written).toMatchObject({ samples: total, toldSamples: total, isVoid: false });
  expect(ring.availableSamples).toBe(0);
});

test("it waits for a reader as long as that takes, and drops nothing", async () => {
  const { ring, written } = startWriter([3_000]);
  const first = await Promise.race([written, delay(600, "still waiting")]);
  expect(first).toBe("still waiting");
  expect(ring.availableSamples).toBe(CAPACITY_SAMPLES);
  const piece = new Float32Array(4_000);
  const seen: number[] = [];
  while (seen.length < 3_000) {
    const count = ring.read(piece, piece.length);
    seen.push(...piece.subarray(0, count));
    await delay(1);
  }
  expect(seen).toEqual(Array.from({ length: 3_000 }, (_, index) => index));
});

test("a void generation lets a writer go that waits for space", async () => {
  const { ring, written } = startWriter([50_000]);
  while (ring.availableSamples < CAPACITY_SAMPLES) await delay(2);
  await delay(50);
  const voidedAtMs = performance.timeOrigin + performance.now();
  ring.setGeneration(2);
  const { samples, toldSamples, isVoid, doneAtMs } = await written;
  expect(isVoid).toBe(true);
  expect(doneAtMs - voidedAtMs).toBeLessThan(300);
  expect(samples).toBe(CAPACITY_SAMPLES);
  expect(toldSamples).toBe(samples);
});

test("other rates come out as when all is resampled at once", async () => {
  const ramp = Float32Array.from({ length: 8_000 }, (_, index) => Math.sin(index / 20) / 2);
  const ring = new PcmRing(PcmRing.allocate(32_768));
  ring.setGeneration(1);
  const writer = new RingWriter(ring, 1, () => undefined);
  const random = seededRandom(9);
  for (let at = 0; at < ramp.length;) {
    const count = 1 + random.below(700);
    await writer.write(ramp.slice(at, at + count), 16_000);
    at += count;
  }
  await writer.finish();
  const out = new Float32Array(32_768);
  const count = ring.read(out, out.length);
  expect(out.slice(0, count)).toEqual(await resampleAll(ramp, 16_000, 24_000));
});

test("a rate that changes in mid-stream loses nothing of what came before", async () => {
  const ring = new PcmRing(PcmRing.allocate(32_768));
  ring.setGeneration(1);
  const writer = new RingWriter(ring, 1, () => undefined);
  await writer.write(new Float32Array(1_600).fill(0.5), 16_000);
  await writer.write(new Float32Array(2_400).fill(0.25), 24_000);
  await writer.write(new Float32Array(4_800).fill(0.125), 48_000);
  await writer.finish();
  expect(writer.samples).toBe(2_400 + 2_400 + 2_400);
});

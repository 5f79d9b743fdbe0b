import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { PcmRing } from "../../src-shared/pcm-ring.ts";

function ramp(from: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => from + index);
}

test("reads what was written, over the end of the memory", () => {
  const ring = new PcmRing(PcmRing.allocate(100));
  expect(ring.capacitySamples).toBe(128);
  ring.setGeneration(1);
  ring.beginWriting(1);
  const out = new Float32Array(100);
  for (let round = 0; round < 5; round++) {
    expect(ring.write(ramp(round * 100, 100), 0, 100, 1)).toBe(100);
    expect(ring.read(out, 100)).toBe(100);
    expect(out).toEqual(ramp(round * 100, 100));
  }
  expect(ring.read(out, 100)).toBe(0);
});

test("takes no more than there is room for", () => {
  const ring = new PcmRing(PcmRing.allocate(64));
  ring.setGeneration(1);
  ring.beginWriting(1);
  expect(ring.write(ramp(0, 100), 0, 100, 1)).toBe(64);
  expect(ring.write(ramp(0, 100), 64, 36, 1)).toBe(0);
  expect(ring.availableSamples).toBe(64);
});

test("a void generation can neither be written nor read", () => {
  const ring = new PcmRing(PcmRing.allocate(64));
  ring.setGeneration(1);
  ring.beginWriting(1);
  ring.write(ramp(0, 10), 0, 10, 1);
  ring.setGeneration(2);
  expect(ring.write(ramp(0, 10), 0, 10, 1)).toBe(-1);
  const out = new Float32Array(10);
  expect(ring.read(out, 10)).toBe(0);
  ring.beginWriting(2);
  ring.write(ramp(50, 3), 0, 3, 2);
  expect(ring.read(out, 10)).toBe(3);
  expect([...out.subarray(0, 3)]).toEqual([50, 51, 52]);
});

test("what was written is counted for the generation that is written, whatever was read", () => {
  const ring = new PcmRing(PcmRing.allocate(64));
  ring.setGeneration(1);
  expect(ring.writtenSamples(1)).toBe(0);
  ring.beginWriting(1);
  for (let round = 1; round <= 5; round++) {
    ring.write(ramp(0, 30), 0, 30, 1);
    ring.read(new Float32Array(30), 30);
    expect(ring.writtenSamples(1)).toBe(30 * round);
  }
  ring.setGeneration(2);
  expect([ring.writtenSamples(1), ring.writtenSamples(2)]).toEqual([150, 0]);
  ring.beginWriting(2);
  expect([ring.writtenSamples(1), ring.writtenSamples(2)]).toEqual([0, 0]);
  ring.write(ramp(0, 7), 0, 7, 2);
  expect(ring.writtenSamples(2)).toBe(7);
});

test("samples of an old generation that slipped in after the reader looked are skipped", () => {
  const ring = new PcmRing(PcmRing.allocate(64));
  ring.setGeneration(1);
  ring.beginWriting(1);
  ring.write(ramp(0, 10), 0, 10, 1);
  ring.setGeneration(2);
  ring.beginWriting(2);
  ring.write(ramp(90, 2), 0, 2, 2);
  const out = new Float32Array(10);
  expect(ring.read(out, 10)).toBe(2);
  expect([...out.subarray(0, 2)]).toEqual([90, 91]);
});

test("a writer on a real second thread, seeded random sizes: every sample once and in order", async () => {
  const buffer = PcmRing.allocate(4096);
  const total = 400_000;
  const source = new URL("../../src-shared/pcm-ring.ts", import.meta.url).href;
  const code = `
    import { workerData } from "node:worker_threads";
    const { PcmRing } = await import(${JSON.stringify(source)});
    const ring = new PcmRing(workerData.buffer);
    ring.beginWriting(1);
    let seed = 7;
    for (let written = 0; written < workerData.total; ) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      const size = Math.min(1 + (seed % 3000), workerData.total - written);
      const pcm = Float32Array.from({ length: size }, (_, index) => written + index);
      for (let offset = 0; offset < size; ) {
        offset += ring.write(pcm, offset, size - offset, 1);
        if (offset < size) ring.waitForSpace(1000);
      }
      written += size;
    }`;
  const ring = new PcmRing(buffer);
  ring.setGeneration(1);
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
    workerData: { buffer, total },
  });
  const out = new Float32Array(2500);
  let seed = 99;
  let expected = 0;
  const deadlineAtMs = Date.now() + 15_000;
  while (expected < total && Date.now() < deadlineAtMs) {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
    const count = ring.read(out, 1 + (seed % 2500));
    for (let index = 0; index < count; index++) {
      if (out[index] !== expected + index) throw new Error(`sample ${expected + index} was ${out[index]}`);
    }
    expected += count;
    if (count === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await worker.terminate();
  expect(expected).toBe(total);
});

import { expect, test } from "vitest";
import { AudioStreamOverflowError } from "../../../src-main/play/streamer/audio-stream-errors.ts";
import { SharedChunkQueues } from "../../../src-main/play/streamer/shared-chunk-queues.ts";
import { chunkOf, seededChance } from "./chunk-script.ts";

const PUT_LOCK_WORD = 4;

test.each([1, 2, 3])("seed %i: behaves as plain arrays do, through thousands of turns of the ring", (seed) => {
  const chance = seededChance(seed);
  const queues = SharedChunkQueues.allocate({ batchSize: 3, boundSamples: 1 + chance(60) });
  const other = new SharedChunkQueues(queues.buffer);
  const model: Float32Array[][] = [[], [], []];
  const heldIn = (index: number): number => (model[index] ?? []).reduce((held, { length }) => held + 1 + length, 0);
  for (let step = 0; step < 60_000; step += 1) {
    const index = chance(3);
    if (chance(2) === 0) {
      const chunk = chunkOf(step, chance(40));
      if (heldIn(index) + 1 + chunk.length > queues.limitSamples) {
        expect(() => queues.put([chunk], [index])).toThrow(AudioStreamOverflowError);
      } else {
        queues.put([chunk], [index]);
        model[index]?.push(chunk);
      }
    } else {
      const taken = other.take(index);
      const expected = model[index]?.shift() ?? "nothing-yet";
      if (typeof taken === "string" || typeof expected === "string") expect(taken).toBe(expected);
      else if (Buffer.compare(Buffer.from(taken.buffer), Buffer.from(expected.buffer)) !== 0)
        expect(taken).toEqual(expected);
    }
    if (other.heldSamples(index) !== heldIn(index)) expect(other.heldSamples(index)).toBe(heldIn(index));
  }
});

test("positions may wrap", () => {
  const queues = SharedChunkQueues.allocate({ batchSize: 1, boundSamples: 2 });
  const words = new Int32Array(queues.buffer);
  const justBeforeTheWrap = 2 ** 31 - 8;
  words[16 + 1] = (justBeforeTheWrap << 1) | 0;
  words[16 + 2] = justBeforeTheWrap;
  for (let value = 0; value < 20; value += 1) {
    queues.put([chunkOf(value, 2), chunkOf(-value, 3)], [0, 0]);
    expect(queues.heldSamples(0)).toBe(7);
    expect(queues.take(0)).toEqual(chunkOf(value, 2));
    expect(queues.take(0)).toEqual(chunkOf(-value, 3));
    expect(queues.take(0)).toBe("nothing-yet");
  }
  queues.end([0]);
  expect(queues.take(0)).toBe("ended");
});

test("every sample keeps its bits", () => {
  const queues = SharedChunkQueues.allocate({ batchSize: 1, boundSamples: 100 });
  const chunk = Float32Array.of(-0, 1e-45, Number.NaN, -Infinity, 1, 0.1);
  queues.put([chunk], [0]);
  expect(queues.take(0)).toEqual(chunk);
});

test("a feeder terminated in the middle of a put stops other feeders with an error, and nobody else", () => {
  const queues = SharedChunkQueues.allocate({ batchSize: 2, boundSamples: 100 });
  queues.put([chunkOf(1)], [0]);
  Atomics.store(new Int32Array(queues.buffer), PUT_LOCK_WORD, 1);
  expect(() => queues.put([chunkOf(2)], [0])).toThrow(/terminated/);
  expect(queues.take(0)).toEqual(chunkOf(1));
  queues.end([0, 1]);
  expect(queues.take(0)).toBe("ended");
});

test("no memory, no queues", () => {
  expect(() => new SharedChunkQueues(new SharedArrayBuffer(4096))).toThrow(TypeError);
  expect(() => SharedChunkQueues.allocate({ batchSize: 1_000, boundSamples: 10_000_000 })).toThrow(RangeError);
});

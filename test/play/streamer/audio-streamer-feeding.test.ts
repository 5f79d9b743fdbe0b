import { expect, test } from "vitest";
import { AudioStreamer } from "../../../src-main/play/streamer/audio-streamer.ts";
import { chunkOf } from "./chunk-script.ts";

interface Row {
  readonly operation: string;
  readonly ours: string;
  /** What VibeVoice's AudioStreamer does, where that differs. */
  readonly was?: string;
  readonly check: () => void;
}

const ROWS: readonly Row[] = [
  {
    operation: "construct",
    ours: "any batch size; null stop signal, no time limit",
    check: () => {
      const streamer = new AudioStreamer(5);
      expect(streamer.batchSize).toBe(5);
      expect(streamer.stopSignal).toBeNull();
      expect(streamer.timeoutMs).toBe(Infinity);
      expect(streamer.finishedFlags).toEqual([false, false, false, false, false]);
    },
  },
  {
    operation: "construct",
    ours: "RangeError for what cannot be",
    was: "not checked",
    check: () => {
      for (const batchSize of [0, -1, 1.5, Number.NaN]) expect(() => new AudioStreamer(batchSize)).toThrow(RangeError);
      for (const timeoutMs of [-1, Number.NaN]) expect(() => new AudioStreamer(1, { timeoutMs })).toThrow(RangeError);
      for (const boundSamples of [0, 0.5]) expect(() => new AudioStreamer(1, { boundSamples })).toThrow(RangeError);
    },
  },
  {
    operation: "put",
    ours: "chunk i goes to the stream of index i, in order, as a copy",
    check: () => {
      const streamer = new AudioStreamer(2);
      const reused = chunkOf(1);
      streamer.put([reused, chunkOf(2)], [1, 0]);
      reused.fill(9);
      streamer.put([reused], [1]);
      streamer.end();
      expect([...streamer.getStream(0)]).toEqual([chunkOf(2)]);
      expect([...streamer.getStream(1)]).toEqual([chunkOf(1), chunkOf(9)]);
    },
  },
  {
    operation: "put",
    ours: "two chunks for one stream in one call keep their order; an empty chunk is a chunk",
    check: () => {
      const streamer = new AudioStreamer(1);
      streamer.put([chunkOf(1), chunkOf(0, 0), chunkOf(2)], [0, 0, 0]);
      streamer.end();
      expect([...streamer.getStream(0)]).toEqual([chunkOf(1), chunkOf(0, 0), chunkOf(2)]);
    },
  },
  {
    operation: "put, index out of range",
    ours: "RangeError, and nothing of that put is taken",
    was: "silently dropped",
    check: () => {
      const streamer = new AudioStreamer(2);
      expect(() => streamer.put([chunkOf(1), chunkOf(2)], [0, 2])).toThrow(RangeError);
      expect(streamer.heldSamples(0)).toBe(0);
    },
  },
  {
    operation: "put, negative or fractional index",
    ours: "RangeError",
    was: "negative ones wrap to the last stream",
    check: () => {
      const streamer = new AudioStreamer(2);
      for (const index of [-1, 0.5, Number.NaN, Infinity]) {
        expect(() => streamer.put([chunkOf(1)], [index])).toThrow(RangeError);
      }
    },
  },
  {
    operation: "put, kind of index",
    ours: "plain whole numbers, also of a typed array",
    was: "tensor scalars; plain integers raise",
    check: () => {
      const streamer = new AudioStreamer(2);
      streamer.put([chunkOf(3)], Int32Array.of(1));
      expect(streamer.getStream(1).next().value).toEqual(chunkOf(3));
    },
  },
  {
    operation: "put, different numbers of chunks and indices",
    ours: "RangeError",
    was: "chunks without an index are ignored",
    check: () => {
      const streamer = new AudioStreamer(2);
      expect(() => streamer.put([chunkOf(1)], [0, 1])).toThrow(RangeError);
      expect(() => streamer.put([chunkOf(1), chunkOf(1)], [0])).toThrow(RangeError);
    },
  },
  {
    operation: "put, something that is no chunk",
    ours: "TypeError, and nothing of that put is taken",
    was: "whatever has detach() and cpu()",
    check: () => {
      const streamer = new AudioStreamer(1);
      const notChunk = new Float64Array(4) as unknown as Float32Array;
      expect(() => streamer.put([chunkOf(1), notChunk], [0, 0])).toThrow(TypeError);
      expect(streamer.heldSamples(0)).toBe(0);
    },
  },
  {
    operation: "put after the end",
    ours: "dropped and counted, the other chunks of the call are taken",
    was: "silently dropped",
    check: () => {
      const streamer = new AudioStreamer(2);
      streamer.end([0]);
      expect(streamer.put([chunkOf(1), chunkOf(2), chunkOf(3)], [0, 1, 0])).toBe(true);
      expect(streamer.chunksAfterEnd(0)).toBe(2);
      expect(streamer.chunksAfterEnd(1)).toBe(0);
      expect(streamer.chunksAfterEnd()).toBe(2);
      expect(streamer.getStream(1).next().value).toEqual(chunkOf(2));
      expect(streamer.getStream(0).next().done).toBe(true);
    },
  },
  {
    operation: "put, stream holds its bound",
    ours: "takes the chunk and returns false; never blocks",
    was: "unbounded, returns nothing",
    check: () => {
      const streamer = new AudioStreamer(2, { boundSamples: 100 });
      expect(streamer.put([chunkOf(1, 98)], [0])).toBe(true);
      expect(streamer.put([chunkOf(1, 0)], [0])).toBe(false);
      expect(streamer.put([chunkOf(1, 0)], [1])).toBe(true);
      expect(streamer.heldSamples(0)).toBe(100);
      expect(streamer.getStream(0).next().value).toHaveLength(98);
    },
  },
  {
    operation: "end",
    ours: "without indices ends all, with indices those; what was put before is still given out",
    check: () => {
      const streamer = new AudioStreamer(3);
      streamer.put([chunkOf(1)], [1]);
      streamer.end([1]);
      expect(streamer.finishedFlags).toEqual([false, true, false]);
      expect([...streamer.getStream(1)]).toEqual([chunkOf(1)]);
      streamer.end();
      expect(streamer.finishedFlags).toEqual([true, true, true]);
      expect([...streamer.getStream(0)]).toEqual([]);
    },
  },
  {
    operation: "end again",
    ours: "changes nothing",
    check: () => {
      const streamer = new AudioStreamer(1);
      streamer.end();
      streamer.end();
      streamer.end([0, 0]);
      expect([...streamer.getStream(0)]).toEqual([]);
      expect(streamer.chunksAfterEnd()).toBe(0);
    },
  },
  {
    operation: "end, index out of range",
    ours: "RangeError, and nothing ends",
    was: "ignored",
    check: () => {
      const streamer = new AudioStreamer(2);
      for (const index of [2, -1, 0.5]) expect(() => streamer.end([0, index])).toThrow(RangeError);
      expect(streamer.finishedFlags).toEqual([false, false]);
    },
  },
  {
    operation: "stop signal",
    ours: "put in place of a chunk it ends that stream",
    check: () => {
      const streamer = new AudioStreamer<"stop">(2, { stopSignal: "stop" });
      streamer.put([chunkOf(1), "stop", chunkOf(2)], [0, 0, 0]);
      expect([...streamer.getStream(0)]).toEqual([chunkOf(1)]);
      expect(streamer.chunksAfterEnd(0)).toBe(1);
      expect(streamer.finishedFlags).toEqual([true, false]);
    },
  },
  {
    operation: "stop signal",
    ours: "is null unless another is chosen; then null is no chunk",
    check: () => {
      const streamer = new AudioStreamer(1);
      streamer.put([null], [0]);
      expect(streamer.finishedFlags).toEqual([true]);
      const other = new AudioStreamer<number>(1, { stopSignal: Number.NaN });
      expect(() => other.put([null as unknown as number], [0])).toThrow(TypeError);
      other.put([Number.NaN], [0]);
      expect(other.finishedFlags).toEqual([true]);
    },
  },
  {
    operation: "stop comparison",
    ours: "by identity: an array with the same samples is a chunk",
    was: "elementwise equality, which raises for chunks of several samples",
    check: () => {
      const stopSignal = chunkOf(0);
      const streamer = new AudioStreamer<Float32Array>(1, { stopSignal });
      streamer.put([chunkOf(0), stopSignal], [0, 0]);
      expect([...streamer.getStream(0)]).toEqual([chunkOf(0)]);
    },
  },
];

for (const { operation, ours, was, check } of ROWS) {
  test(`${operation}: ${ours}${was === undefined ? "" : ` (was: ${was})`}`, () => {
    expect.hasAssertions();
    check();
  });
}

import { expect, test } from "vitest";
import { AsyncAudioStreamer } from "../../../src-main/play/streamer/async-audio-streamer.ts";
import { AudioStreamTimeoutError } from "../../../src-main/play/streamer/audio-stream-errors.ts";
import { AudioStreamer } from "../../../src-main/play/streamer/audio-streamer.ts";
import { chunkOf, everyChunk } from "./chunk-script.ts";

interface Row {
  readonly operation: string;
  readonly ours: string;
  /** What VibeVoice's AsyncAudioStreamer does, where that differs. */
  readonly was?: string;
  readonly check: () => Promise<void>;
}

const ROWS: readonly Row[] = [
  {
    operation: "construct",
    ours: "anywhere, also before anything is awaited, with the arguments of the blocking one",
    was: "RuntimeError outside a running event loop",
    check: async () => {
      const streamer = new AsyncAudioStreamer<"stop">(2, { stopSignal: "stop", timeoutMs: 5, boundSamples: 10 });
      expect(streamer).toMatchObject({ batchSize: 2, stopSignal: "stop", timeoutMs: 5 });
    },
  },
  {
    operation: "put and end",
    ours: "order of chunks and end is kept; a put after the end is dropped and counted",
    was: "dropped silently",
    check: async () => {
      const streamer = new AsyncAudioStreamer(1);
      streamer.put([chunkOf(1), chunkOf(2)], [0, 0]);
      streamer.end();
      streamer.put([chunkOf(3)], [0]);
      expect(await everyChunk(streamer.getStream(0))).toEqual([chunkOf(1), chunkOf(2)]);
      expect(streamer.chunksAfterEnd(0)).toBe(1);
    },
  },
  {
    operation: "put and end at another end of the same streams",
    ours: "work from any thread and need no event loop of the consumer",
    was: "scheduled on the consumer's loop; raise when that is closed",
    check: async () => {
      const streamer = new AsyncAudioStreamer(1, { timeoutMs: 5000 });
      const feeder = AudioStreamer.attach(structuredClone(streamer.share()));
      const waiting = streamer.getStream(0).next();
      feeder.put([chunkOf(1)], [0]);
      expect((await waiting).value).toEqual(chunkOf(1));
      feeder.end();
      expect(streamer.finishedFlags).toEqual([true]);
      expect(await everyChunk(streamer.getStream(0))).toEqual([]);
    },
  },
  {
    operation: "attach",
    ours: "has the time limit of the sharing end unless it says otherwise, and a stop signal of its own",
    check: async () => {
      const shared = new AsyncAudioStreamer(1, { timeoutMs: 70 }).share();
      expect(AsyncAudioStreamer.attach(shared).timeoutMs).toBe(70);
      expect(AsyncAudioStreamer.attach(shared, { timeoutMs: 7, stopSignal: 0 })).toMatchObject({
        timeoutMs: 7,
        stopSignal: 0,
      });
      const buffer = new SharedArrayBuffer(1024);
      expect(() => AsyncAudioStreamer.attach({ buffer, timeoutMs: 1 })).toThrow(TypeError);
    },
  },
  {
    operation: "put, end, getStream and drained, index out of range",
    ours: "RangeError at call time",
    was: "put and end ignore it; getStream raises at the first step",
    check: async () => {
      const streamer = new AsyncAudioStreamer(2);
      for (const index of [2, -1, 0.5]) {
        expect(() => streamer.put([chunkOf(1)], [index])).toThrow(RangeError);
        expect(() => streamer.end([index])).toThrow(RangeError);
        expect(() => streamer.getStream(index)).toThrow(RangeError);
        await expect(streamer.drained([index])).rejects.toThrow(RangeError);
      }
    },
  },
  {
    operation: "single stream, nothing arrives",
    ours: "AudioStreamTimeoutError with stream and time; calling next again waits again",
    was: "ignores the timeout",
    check: async () => {
      const streamer = new AsyncAudioStreamer(2, { timeoutMs: 15 });
      const stream = streamer.getStream(1);
      for (let again = 0; again < 2; again += 1) {
        const error = await stream.next().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(AudioStreamTimeoutError);
        expect(error).toMatchObject({ sampleIndex: 1, timeoutMs: 15 });
      }
      const waiting = stream.next();
      streamer.put([chunkOf(1)], [1]);
      expect((await waiting).value).toEqual(chunkOf(1));
    },
  },
  {
    operation: "single stream, chunks for others arrive",
    ours: "do not put off its time limit",
    check: async () => {
      const streamer = new AsyncAudioStreamer(2, { timeoutMs: 60 });
      const noise = setInterval(() => streamer.put([chunkOf(1)], [1]), 2);
      await expect(streamer.getStream(0).next()).rejects.toThrow(AudioStreamTimeoutError);
      clearInterval(noise);
    },
  },
  {
    operation: "single stream, next after the end",
    ours: "ends again, every time",
    check: async () => {
      const streamer = new AsyncAudioStreamer(1);
      streamer.end();
      const stream = streamer.getStream(0);
      for (let again = 0; again < 3; again += 1) expect(await stream.next()).toEqual({ done: true, value: undefined });
    },
  },
  {
    operation: "single stream, several next at once",
    ours: "answered in the order of the calls",
    was: "a generator that is running refuses",
    check: async () => {
      const streamer = new AsyncAudioStreamer(1);
      const stream = streamer.getStream(0);
      const asked = [stream.next(), stream.next(), stream.next(), stream.next()];
      await new Promise(setImmediate);
      streamer.put([chunkOf(1), chunkOf(2)], [0, 0]);
      await new Promise(setImmediate);
      streamer.put([chunkOf(3)], [0]);
      streamer.end();
      const answers = await Promise.all(asked);
      expect(answers.map(({ value }) => value)).toEqual([chunkOf(1), chunkOf(2), chunkOf(3), undefined]);
    },
  },
  {
    operation: "two consumers of one stream",
    ours: "each chunk goes to exactly one, both see the end",
    was: "only one sees the end",
    check: async () => {
      const streamer = new AsyncAudioStreamer(1, { timeoutMs: 5000 });
      const both = [everyChunk(streamer.getStream(0)), everyChunk(streamer.getStream(0))];
      for (let value = 1; value <= 20; value += 1) {
        streamer.put([chunkOf(value)], [0]);
        if (value % 3 === 0) await new Promise(setImmediate);
      }
      streamer.end();
      const taken = (await Promise.all(both)).flat().map(([sample]) => sample ?? 0);
      expect(taken.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    },
  },
  {
    operation: "batch",
    ours: "waits for the first that is ready, gives at most one chunk per stream; last chunks and ends are separate steps",
    check: async () => {
      const streamer = new AsyncAudioStreamer(3);
      const batch = streamer[Symbol.asyncIterator]();
      const waiting = batch.next();
      await new Promise(setImmediate);
      streamer.put([chunkOf(2)], [1]);
      expect((await waiting).value).toEqual(new Map([[1, chunkOf(2)]]));
      streamer.put([chunkOf(1), chunkOf(3), chunkOf(4)], [0, 2, 2]);
      streamer.end();
      expect(await everyChunk(batch)).toEqual([
        new Map([
          [0, chunkOf(1)],
          [2, chunkOf(3)],
        ]),
        new Map([[2, chunkOf(4)]]),
      ]);
      expect(await batch.next()).toEqual({ done: true, value: undefined });
    },
  },
  {
    operation: "batch, nothing arrives",
    ours: "AudioStreamTimeoutError for no stream in particular; calling next again waits again",
    was: "a timeout is a retry by recursion, which dies on a long silence",
    check: async () => {
      const streamer = new AsyncAudioStreamer(2, { timeoutMs: 15 });
      const batch = streamer[Symbol.asyncIterator]();
      const error = await batch.next().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(AudioStreamTimeoutError);
      expect(error).toMatchObject({ sampleIndex: undefined, timeoutMs: 15 });
      streamer.put([chunkOf(1)], [1]);
      expect((await batch.next()).value).toEqual(new Map([[1, chunkOf(1)]]));
    },
  },
  {
    operation: "synchronous iteration",
    ours: "does not exist on the asynchronous class",
    was: "inherited and broken",
    check: async () => {
      expect(Symbol.iterator in new AsyncAudioStreamer(1)).toBe(false);
    },
  },
  {
    operation: "a stream",
    ours: "is an AsyncIterable<Float32Array>, of chunks of any length",
    was: "tensors of 3200 samples",
    check: async () => {
      const streamer = new AsyncAudioStreamer(1);
      const stream: AsyncIterable<Float32Array> = streamer.getStream(0);
      streamer.put([chunkOf(1, 1), chunkOf(2, 3200), chunkOf(3, 777)], [0, 0, 0]);
      streamer.end();
      expect((await everyChunk(stream)).map(({ length }) => length)).toEqual([1, 3200, 777]);
    },
  },
];

for (const { operation, ours, was, check } of ROWS) {
  test(`${operation}: ${ours}${was === undefined ? "" : ` (was: ${was})`}`, async () => {
    expect.hasAssertions();
    await check();
  });
}

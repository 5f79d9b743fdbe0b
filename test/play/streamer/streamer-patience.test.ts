import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { AsyncAudioStreamer } from "../../../src-main/play/streamer/async-audio-streamer.ts";
import {
  AudioStreamOverflowError,
  AudioStreamTimeoutError,
} from "../../../src-main/play/streamer/audio-stream-errors.ts";
import { AudioStreamer } from "../../../src-main/play/streamer/audio-streamer.ts";
import type { SharedBell } from "../../../src-main/play/streamer/shared-bell.ts";
import { SharedChunkQueues } from "../../../src-main/play/streamer/shared-chunk-queues.ts";
import { chunkOf, everyChunk, scriptedChunks } from "./chunk-script.ts";
import type { StreamerTask } from "./streamer-worker.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const MEBIBYTE = 2 ** 20;
/** What VibeVoice's batch iterators do in 60 idle seconds: one look every 10 ms, each a level deeper. */
const WAKE_UPS = 6_000;

/** Timers that were started from here on and neither ran nor were cleared. */
const runningTimers = new Set<unknown>();
const { setTimeout: start, clearTimeout: stop } = globalThis;
globalThis.setTimeout = ((act: () => void, delayMs: number) => {
  const timer = start(() => {
    runningTimers.delete(timer);
    act();
  }, delayMs);
  runningTimers.add(timer);
  return timer;
}) as typeof setTimeout;
globalThis.clearTimeout = (timer) => {
  runningTimers.delete(timer);
  stop(timer);
};

test(`one async batch step sleeps through ${WAKE_UPS} wake-ups for nothing without growth (was: dead of recursion after 990)`, async () => {
  const streamer = new AsyncAudioStreamer(3);
  const bell = new SharedChunkQueues(streamer.share().buffer).batchArrivals;
  const waiting = [streamer[Symbol.asyncIterator]().next(), streamer[Symbol.asyncIterator]().next()];
  const grownBytes = await growthOf(() => wakeUp(bell, WAKE_UPS));
  streamer.put([chunkOf(1), chunkOf(2)], [0, 0]);
  expect((await Promise.all(waiting)).map(({ value }) => value?.get(0))).toEqual([chunkOf(1), chunkOf(2)]);
  expect(grownBytes).toBeLessThan(MEBIBYTE);
  expect(runningTimers.size).toBe(0);
});

test(`one async stream survives 1,500 timeouts without growth, and then goes on`, async () => {
  const streamer = new AsyncAudioStreamer(1, { timeoutMs: 1 });
  const stream = streamer.getStream(0);
  const grownBytes = await growthOf(async (round) => {
    for (let count = 0; count < (round === 0 ? 300 : 1_500); count += 1) {
      await expectTimeout(stream.next());
    }
  });
  streamer.put([chunkOf(1)], [0]);
  expect((await stream.next()).value).toEqual(chunkOf(1));
  expect(grownBytes).toBeLessThan(MEBIBYTE);
  expect(runningTimers.size).toBe(0);
});

test("the blocking iterators survive 1,500 timeouts each without growth (was: queue.Empty, or dead of recursion)", async () => {
  const streamer = new AudioStreamer(2, { timeoutMs: 0.2 });
  const stream = streamer.getStream(0);
  const batch = streamer[Symbol.iterator]();
  const grownBytes = await growthOf(async (round) => {
    for (let count = 0; count < (round === 0 ? 300 : 1_500); count += 1) {
      expectTimeoutOf(() => stream.next());
      expectTimeoutOf(() => batch.next());
    }
  });
  streamer.put([chunkOf(1)], [1]);
  expect(batch.next().value).toEqual(new Map([[1, chunkOf(1)]]));
  expect(grownBytes).toBeLessThan(MEBIBYTE);
});

test("a slow consumer keeps a patient feeder at the bound; the memory was there from the start", async () => {
  const boundSamples = 12_000;
  const streamer = new AsyncAudioStreamer(1, { boundSamples, timeoutMs: 5_000 });
  const reservedBytes = streamer.share().buffer.byteLength;
  const chunk = chunkOf(0.5, 3_200);
  let isFeeding = true;
  const feeding = (async () => {
    for (let count = 0; count < 300; count += 1) if (!streamer.put([chunk], [0])) await streamer.drained([0]);
    streamer.end();
    isFeeding = false;
  })();
  let most = 0;
  let taken = 0;
  const grownBytes = await growthOf(async (round) => {
    for await (const { length } of streamer.getStream(0)) {
      most = Math.max(most, streamer.heldSamples(0) + length + 1);
      taken += length;
      for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
      if (round === 0 && taken > 50 * chunk.length) break;
    }
  });
  await feeding;
  expect(isFeeding).toBe(false);
  expect(taken).toBe(300 * chunk.length);
  expect(most).toBeLessThan(boundSamples + chunk.length + 1);
  expect(grownBytes).toBeLessThan(MEBIBYTE);
  expect(streamer.share().buffer.byteLength).toBe(reservedBytes);
  expect(reservedBytes).toBeLessThan(boundSamples * 8 * 4 + 1_000);
});

test("a feeder that never waits gets an error at the hard limit and loses nothing", async () => {
  const streamer = new AsyncAudioStreamer(2, { boundSamples: 1_000 });
  const taken: Float32Array[] = [];
  const put = (): unknown => {
    for (let value = 0; ; value += 1) {
      try {
        streamer.put([chunkOf(value, 100), chunkOf(-value, 10)], [0, 1]);
      } catch (error) {
        return error;
      }
      taken.push(chunkOf(value, 100));
    }
  };
  const error = put();
  expect(error).toBeInstanceOf(AudioStreamOverflowError);
  expect(error).toMatchObject({ sampleIndex: 0, limitSamples: 4_096 });
  expect(taken.length).toBe(Math.floor(4_096 / 101));
  expect(streamer.heldSamples(1)).toBe(taken.length * 11);
  streamer.end();
  expect(await everyChunk(streamer.getStream(0))).toEqual(taken);
});

test("a chunk that can never fit is an error at once", () => {
  const streamer = new AudioStreamer(1, { boundSamples: 1_000 });
  expect(() => streamer.put([chunkOf(1, 4_096)], [0])).toThrow(AudioStreamOverflowError);
  expect(streamer.put([chunkOf(1, 4_095)], [0])).toBe(false);
  expect(streamer.getStream(0).next().value).toEqual(chunkOf(1, 4_095));
});

test("drained resolves at half the bound, for the streams that are named, and when they end", async () => {
  const streamer = new AsyncAudioStreamer(2, { boundSamples: 100 });
  await streamer.drained();
  expect(streamer.put([chunkOf(1, 49), chunkOf(1, 49), chunkOf(1, 199)], [0, 0, 1])).toBe(false);
  let isDrained = false;
  const drained = streamer.drained([0]).then(() => (isDrained = true));
  const all = streamer.drained();
  await new Promise(setImmediate);
  expect(isDrained).toBe(false);
  await streamer.getStream(0).next();
  await drained;
  streamer.end([1]);
  await all;
  expect(runningTimers.size).toBe(0);
});

test("a blocked feeder in a worker is let go by the end of its stream", async () => {
  const streamer = new AsyncAudioStreamer(1, { boundSamples: 2_000 });
  const task: StreamerTask = { streams: streamer.share(), kind: "feed-blocking", seed: 3, count: 40, pauseMs: 0 };
  const worker = new Worker(new URL("./streamer-worker.ts", import.meta.url), { workerData: task });
  const done = new Promise((resolve) => worker.once("message", resolve));
  const first = await streamer.getStream(0).next();
  expect(first.value).toEqual(scriptedChunks(3, 0, 40)[0]);
  streamer.end();
  await done;
  const rest = await everyChunk(streamer.getStream(0));
  expect(1 + rest.length + streamer.chunksAfterEnd()).toBe(40);
});

test("an async iterator that is left while it waits is done at once and leaves no wait and no timer", async () => {
  const streamer = new AsyncAudioStreamer(2, { timeoutMs: 60_000 });
  const bell = new SharedChunkQueues(streamer.share().buffer).arrivals(0);
  for (let count = 0; count < 1_000; count += 1) {
    const stream = streamer.getStream(0);
    const batch = streamer[Symbol.asyncIterator]();
    const waiting = [stream.next(), stream.next(), batch.next()];
    if (count % 2 === 0) await new Promise(setImmediate);
    await Promise.all([stream.return?.(), batch.return?.()]);
    for (const answer of await Promise.all(waiting)) expect(answer.done).toBe(true);
  }
  expect(runningTimers.size).toBe(0);
  expect(waitersOf(streamer)).toBe(0);
  const before = bell.count;
  streamer.put([chunkOf(1)], [0]);
  expect(bell.count).toBe(before + 1);
  expect((await streamer.getStream(0).next()).value).toEqual(chunkOf(1));
});

test("leaving a loop half-way leaves no wait and no timer, and the rest to the next iterator", async () => {
  const streamer = new AsyncAudioStreamer(1, { timeoutMs: 60_000 });
  setTimeout(() => streamer.put([chunkOf(1), chunkOf(2)], [0, 0]), 5);
  for await (const chunk of streamer.getStream(0)) {
    expect(chunk).toEqual(chunkOf(1));
    break;
  }
  expect(runningTimers.size).toBe(0);
  expect(waitersOf(streamer)).toBe(0);
  streamer.end();
  expect(await everyChunk(streamer.getStream(0))).toEqual([chunkOf(2)]);
});

test("a worker that does nothing but wait for a chunk stays alive for it", async () => {
  const streamer = new AudioStreamer(1);
  const task: StreamerTask = { streams: streamer.share(), kind: "take-stream-async", seed: 1, count: 0, pauseMs: 0 };
  const worker = new Worker(new URL("./streamer-worker.ts", import.meta.url), { workerData: task });
  const taken = new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("exit", () => reject(new Error("it left")));
  });
  await new Promise((resolve) => setTimeout(resolve, 400));
  streamer.put([chunkOf(1)], [0]);
  streamer.end();
  expect(await taken).toEqual([new Map([[0, chunkOf(1)]])]);
});

/** Heap growth over the second of two rounds of the same: the first warms up. */
async function growthOf(act: (round: number) => Promise<void>): Promise<number> {
  await act(0);
  collectGarbage();
  const beforeBytes = process.memoryUsage().heapUsed;
  await act(1);
  collectGarbage();
  return process.memoryUsage().heapUsed - beforeBytes;
}

async function wakeUp(bell: SharedBell, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    bell.ring();
    await new Promise(setImmediate);
  }
}

async function expectTimeout(answer: Promise<unknown>): Promise<void> {
  const error: unknown = await answer.catch((reason: unknown) => reason);
  if (!(error instanceof AudioStreamTimeoutError)) throw new Error("no timeout", { cause: error });
}

function expectTimeoutOf(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (error instanceof AudioStreamTimeoutError) return;
    throw error;
  }
  throw new Error("no timeout");
}

/** Waits in shared memory that are still there, in any word of the streams; wakes them. */
function waitersOf(streamer: AsyncAudioStreamer): number {
  const words = new Int32Array(streamer.share().buffer);
  return words.subarray(0, 64).reduce((count, _, word) => count + Atomics.notify(words, word), 0);
}

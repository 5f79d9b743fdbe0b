import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { AsyncAudioStreamer } from "../../../src-main/play/streamer/async-audio-streamer.ts";
import { AudioStreamer } from "../../../src-main/play/streamer/audio-streamer.ts";
import { chunkOf, everyChunk, scriptedChunks, seededChance } from "./chunk-script.ts";
import type { StreamerTask } from "./streamer-worker.ts";

type Steps = Map<number, Float32Array>[];

const BATCH_SIZE = 3;
const COUNT = 120;
/** Small enough that the ring wraps often and feeders wait often. */
const BOUND_SAMPLES = 9_000;
const SEEDS = [1, 2, 3, 4, 5, 6];

test.each(SEEDS)("two threads, seed %i: a blocking feeder there, async streams here", async (seed) => {
  const streamer = newStreams();
  const feeding = inThread({ streams: streamer.share(), kind: "feed-blocking", seed, count: COUNT, pauseMs: seed % 2 });
  const taken = await Promise.all(indices().map((index) => everyChunk(streamer.getStream(index))));
  for (const index of indices())
    expect(differences(taken[index] ?? [], scriptedChunks(seed, index, COUNT))).toEqual([]);
  await feeding;
});

test.each(SEEDS)("two threads, seed %i: an async feeder there, the async batch here", async (seed) => {
  const streamer = newStreams();
  const feeding = inThread({ streams: streamer.share(), kind: "feed-async", seed, count: COUNT, pauseMs: seed % 2 });
  expect(batchDifferences(await everyChunk(streamer), seed)).toEqual([]);
  await feeding;
});

test.each(SEEDS)("two threads, seed %i: fed here, a blocking batch there", async (seed) => {
  const streamer = newStreams();
  const taking = inThread({ streams: streamer.share(), kind: "take-batch", seed, count: 0, pauseMs: seed % 3 });
  await feedHere(streamer, seed);
  expect(batchDifferences(await taking, seed)).toEqual([]);
});

test.each(SEEDS)("two threads, seed %i: fed here, an async batch there", async (seed) => {
  const streamer = newStreams();
  const taking = inThread({ streams: streamer.share(), kind: "take-batch-async", seed, count: 0, pauseMs: seed % 3 });
  await feedHere(streamer, seed);
  expect(batchDifferences(await taking, seed)).toEqual([]);
});

test.each(SEEDS)("four threads, seed %i: one feeds, blocking and async consumers share the streams", async (seed) => {
  const streams = new AudioStreamer(1, { boundSamples: BOUND_SAMPLES, timeoutMs: 10_000 }).share();
  const take = { streams, seed, count: 0, pauseMs: 1, sampleIndex: 0 };
  const takers = [
    inThread({ ...take, kind: "take-stream", seed: seed + 1 }),
    inThread({ ...take, kind: "take-stream-async", seed: seed + 2 }),
    everyChunk(AsyncAudioStreamer.attach(streams).getStream(0)).then((chunks) =>
      chunks.map((chunk) => new Map([[0, chunk]])),
    ),
  ];
  await inThread({ streams, kind: "feed-blocking", seed, count: COUNT, pauseMs: 1 });
  const key = (chunk: Float32Array): string => Buffer.from(chunk.buffer, 0, chunk.byteLength).toString("base64");
  const taken = (await Promise.all(takers)).flat().map((step) => key(step.get(0) ?? chunkOf(-1)));
  expect(taken.toSorted()).toEqual(scriptedChunks(seed, 0, COUNT).map(key).toSorted());
});

test("two threads feed one stream: the chunks of each stay whole and in order", async () => {
  const seeds = [21, 22];
  const streams = newStreams().share();
  const consumer = AsyncAudioStreamer.attach(streams);
  const taking = Promise.all(indices().map((index) => everyChunk(consumer.getStream(index))));
  // Whichever is done first ends the streams: from then on the chunks of the other are counted instead.
  await Promise.all(seeds.map((seed) => inThread({ streams, kind: "feed-blocking", seed, count: COUNT, pauseMs: 0 })));
  for (const [index, chunks] of (await taking).entries()) {
    const scripts = seeds.map((seed) => scriptedChunks(seed, index, COUNT));
    let places = [[0, 0]];
    for (const chunk of chunks) places = places.flatMap((place) => following(scripts, place, chunk));
    expect(places.length).toBeGreaterThan(0);
    expect(chunks.length + consumer.chunksAfterEnd(index)).toBe(seeds.length * COUNT);
  }
});

test("ending in one thread while another puts: every chunk is either given out or counted", async () => {
  for (const seed of SEEDS) {
    const streamer = newStreams();
    const feeding = inThread({ streams: streamer.share(), kind: "feed-blocking", seed, count: COUNT, pauseMs: 0 });
    const taken: Float32Array[][] = indices().map(() => []);
    let steps = 0;
    for await (const step of streamer) {
      for (const [index, chunk] of step) taken[index]?.push(chunk);
      steps += 1;
      if (steps === 20) streamer.end();
    }
    await feeding;
    for (const index of indices()) {
      const chunks = taken[index] ?? [];
      expect(differences(chunks, scriptedChunks(seed, index, COUNT).slice(0, chunks.length))).toEqual([]);
      expect(chunks.length + streamer.chunksAfterEnd(index)).toBe(COUNT);
    }
  }
});

function newStreams(): AsyncAudioStreamer {
  return new AsyncAudioStreamer(BATCH_SIZE, { boundSamples: BOUND_SAMPLES, timeoutMs: 10_000 });
}

function indices(): number[] {
  return [...Array(BATCH_SIZE).keys()];
}

function inThread(task: StreamerTask): Promise<Steps> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./streamer-worker.ts", import.meta.url), { workerData: task });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

async function feedHere(streamer: AsyncAudioStreamer, seed: number): Promise<void> {
  const chance = seededChance(seed);
  const rest = indices().map((index) => scriptedChunks(seed, index, COUNT));
  for (const open = new Set(indices()); open.size > 0;) {
    const index = [...open][chance(open.size)] ?? 0;
    const chunk = rest[index]?.shift();
    if (chunk === undefined) {
      streamer.end([index]);
      open.delete(index);
    } else if (!streamer.put([chunk], [index])) {
      await streamer.drained([index]);
    }
    if (chance(5) === 0) await new Promise(setImmediate);
  }
}

function batchDifferences(steps: Steps, seed: number): string[] {
  const empty = steps.some((step) => step.size === 0) ? ["a step without a chunk"] : [];
  const different = indices().flatMap((index) =>
    differences(
      steps.flatMap((step) => step.get(index) ?? []),
      scriptedChunks(seed, index, COUNT),
    ),
  );
  return [...empty, ...different];
}

/** Where chunks are not the expected ones. Compares bytes: much faster than element by element. */
function differences(chunks: readonly Float32Array[], expected: readonly Float32Array[]): string[] {
  const count = chunks.length === expected.length ? [] : [`${chunks.length} chunks instead of ${expected.length}`];
  const different = [...chunks.entries()].filter(([place, chunk]) => !isSame(chunk, expected[place]));
  return [...count, ...different.map(([place]) => `chunk ${place}`)];
}

function isSame(chunk: Float32Array, other: Float32Array | undefined): boolean {
  return other !== undefined && Buffer.compare(bytesOf(chunk), bytesOf(other)) === 0;
}

function bytesOf(chunk: Float32Array): Uint8Array {
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** Places in two scripts after this chunk was the next of either. */
function following(scripts: Float32Array[][], place: number[], chunk: Float32Array): number[][] {
  return scripts.flatMap((script, which) => {
    if (!isSame(chunk, script[place[which] ?? 0])) return [];
    return [place.map((next, index) => (index === which ? next + 1 : next))];
  });
}

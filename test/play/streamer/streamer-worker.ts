import { parentPort, workerData } from "node:worker_threads";
import { AsyncAudioStreamer } from "../../../src-main/play/streamer/async-audio-streamer.ts";
import type { SharedAudioStreams } from "../../../src-main/play/streamer/audio-stream-feed.ts";
import { AudioStreamer } from "../../../src-main/play/streamer/audio-streamer.ts";
import { scriptedChunks, seededChance } from "./chunk-script.ts";

/** What the thread does with the streams. */
export interface StreamerTask {
  readonly streams: SharedAudioStreams;
  /** The consuming kinds post what they took: for each step the chunks by index. */
  readonly kind:
    | "feed-blocking"
    | "feed-async"
    | "take-stream"
    | "take-stream-async"
    | "take-batch"
    | "take-batch-async";
  readonly seed: number;
  /** Chunks to feed to each stream. */
  readonly count: number;
  /** Stream to take. */
  readonly sampleIndex?: number;
  /** Longest pause between two steps; none when 0. */
  readonly pauseMs: number;
}

const task = workerData as StreamerTask;
const chance = seededChance(task.seed + 1000);
const still = new Int32Array(new SharedArrayBuffer(4));

parentPort?.postMessage(await work());

async function work(): Promise<Map<number, Float32Array>[]> {
  const { streams, sampleIndex = 0 } = task;
  const stepOf = (chunk: Float32Array): Map<number, Float32Array> => new Map([[sampleIndex, chunk]]);
  const blocking = AudioStreamer.attach(streams);
  const asynchronous = AsyncAudioStreamer.attach(streams);
  switch (task.kind) {
    case "feed-blocking":
      for (const indices of feed(blocking)) blocking.waitUntilDrained(indices);
      return [];
    case "feed-async":
      for (const indices of feed(asynchronous)) await asynchronous.drained(indices);
      return [];
    case "take-stream":
      return takeAll(blocking.getStream(sampleIndex)).map(stepOf);
    case "take-stream-async":
      return (await waitForAll(asynchronous.getStream(sampleIndex))).map(stepOf);
    case "take-batch":
      return takeAll(blocking);
    case "take-batch-async":
      return waitForAll(asynchronous);
  }
}

/** Feeds all streams in a random order; gives out the indices of a put that was asked to wait. */
function* feed(streamer: AudioStreamer | AsyncAudioStreamer): Generator<number[]> {
  const rest = Array.from({ length: streamer.batchSize }, (_, index) => scriptedChunks(task.seed, index, task.count));
  const open = new Set(rest.keys());
  while (open.size > 0) {
    const indices = Array.from({ length: 1 + chance(streamer.batchSize) }, () => chance(streamer.batchSize)).filter(
      (index) => (rest[index]?.length ?? 0) > 0,
    );
    const chunks = indices.map((index) => rest[index]?.shift());
    const places = indices.filter((_, place) => chunks[place] !== undefined);
    if (
      !streamer.put(
        chunks.filter((chunk) => chunk !== undefined),
        places,
      )
    )
      yield places;
    for (const index of open) {
      if (rest[index]?.length !== 0) continue;
      streamer.end([index]);
      open.delete(index);
    }
    pause();
  }
}

function takeAll<T>(items: Iterable<T>): T[] {
  const taken: T[] = [];
  for (const item of items) {
    taken.push(item);
    pause();
  }
  return taken;
}

async function waitForAll<T>(items: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) {
    taken.push(item);
    pause();
  }
  return taken;
}

function pause(): void {
  if (task.pauseMs > 0 && chance(4) === 0) Atomics.wait(still, 0, 0, chance(task.pauseMs * 1000) / 1000);
}

import { setImmediate } from "node:timers/promises";
import { GCProfiler, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { AdaptiveStart } from "../../src-main/play/adaptive-start.ts";
import { FixedStart, type StartPolicyMaker } from "../../src-main/play/start-policy.ts";
import { VirtualPlayer } from "./virtual-player.ts";

/** What the worker is started with. */
export interface MemoryTask {
  readonly policy: "fixed" | "adaptive";
  readonly hours: number;
  readonly pcm: Float32Array;
}

/** What the worker answers, once. */
export interface MemoryFigures {
  readonly samples: number;
  readonly elapsedMs: number;
  readonly collections: number;
  readonly longestCollectionMs: number;
  readonly collectionMs: number;
  /** Growth of the JavaScript heap and of the memory outside it, each after a collection. */
  readonly growthBytes: number;
  /** Resident memory of the whole process. */
  readonly residentGrowthBytes: number;
}

const POLICIES: Readonly<Record<MemoryTask["policy"], StartPolicyMaker>> = {
  fixed: () => new FixedStart(150),
  adaptive: (atMs, known) => new AdaptiveStart(atMs, known),
};
/** Samples per write, as 4096 bytes of 16-bit PCM give. */
const PIECE_SAMPLES = 2_048;
const HOUR_SAMPLES = 3_600 * PLAYBACK_RATE_HZ;
/** Before anything is counted: the compiler makes garbage until it is done. */
const WARM_UP_HOURS = 1;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

parentPort?.postMessage(await measure(workerData as MemoryTask));

async function measure({ policy, hours, pcm }: MemoryTask): Promise<MemoryFigures> {
  const player = new VirtualPlayer(POLICIES[policy]);
  const pieces = Array.from({ length: Math.floor(pcm.length / PIECE_SAMPLES) }, (_, index) => {
    return pcm.slice(index * PIECE_SAMPLES, (index + 1) * PIECE_SAMPLES);
  });
  let samples = 0;
  const playTo = (end: number): void => {
    for (let index = 0; samples < end; index = (index + 1) % pieces.length) {
      player.write(pieces[index] as Float32Array);
      samples += PIECE_SAMPLES;
    }
  };
  playTo(WARM_UP_HOURS * HOUR_SAMPLES);
  const warmSamples = samples;
  const before = await used();

  const profiler = new GCProfiler();
  profiler.start();
  const startedAtMs = performance.now();
  // In one go: between two tasks the engine may tidy up for reasons of its own.
  playTo(warmSamples + hours * HOUR_SAMPLES);
  const elapsedMs = performance.now() - startedAtMs;
  const collectionsMs = profiler.stop().statistics.map(({ cost }) => cost / 1_000);

  const after = await used();
  if (player.isOver) throw new Error("the reply ended before its audio did");
  return {
    samples: samples - warmSamples,
    elapsedMs,
    collections: collectionsMs.length,
    longestCollectionMs: Math.max(0, ...collectionsMs),
    collectionMs: collectionsMs.reduce((sum, ms) => sum + ms, 0),
    growthBytes: after.heapBytes - before.heapBytes,
    residentGrowthBytes: after.residentBytes - before.residentBytes,
  };
}

async function used(): Promise<{ heapBytes: number; residentBytes: number }> {
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await setImmediate();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, residentBytes: rss };
}

import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { AsyncAudioStreamer } from "../../../src-main/play/streamer/async-audio-streamer.ts";
import { everyChunk, seededChance } from "./chunk-script.ts";
import type { HammerTask } from "./hammer-worker.ts";

const CHUNK_SAMPLES = 20_000;
const PATIENCE_MS = 10_000;

test("three threads put to one stream as fast as they can: every chunk arrives whole, those of each thread in order", async () => {
  const streamer = new AsyncAudioStreamer(1, { boundSamples: 400, timeoutMs: PATIENCE_MS });
  const task = { streams: streamer.share(), kind: "feed", count: 20_000 } as const;
  const names = [1, 2, 3];
  const feeders = names.map((name) => hammer({ ...task, name }));
  const taking = everyChunk(streamer.getStream(0));
  await Promise.all(feeders.map(({ done }) => done));
  streamer.end();
  const next = new Map(names.map((name) => [name, 0]));
  let broken = 0;
  for (const chunk of await taking) {
    const [name = -1, number = -1] = chunk;
    const isWhole = chunk.every((value, sample) => value === (sample % 2 === 0 ? name : number));
    if (!isWhole || chunk.length !== 2 + 2 * (number % 20) || next.get(name) !== number) broken += 1;
    next.set(name, number + 1);
  }
  expect(broken).toBe(0);
  expect([...next.values()]).toEqual(names.map(() => task.count));
});

test("an end in the very moment of another thread's put is never lost", async () => {
  const streamer = new AsyncAudioStreamer(60, { boundSamples: CHUNK_SAMPLES });
  const task = { streams: streamer.share(), kind: "until-ended", name: 1, count: CHUNK_SAMPLES } as const;
  const { ready, done } = hammer(task);
  await ready;
  const chance = seededChance(5);
  for (let index = 0; index < streamer.batchSize; index += 1) {
    spinUntil(() => streamer.heldSamples(index) > 0);
    const endAtMs = performance.now() + chance(1000) / 2000;
    spinUntil(() => performance.now() >= endAtMs);
    streamer.end([index]);
  }
  await done;
  for (let index = 0; index < streamer.batchSize; index += 1) {
    expect(await everyChunk(streamer.getStream(index))).toEqual([]);
    expect(streamer.chunksAfterEnd(index)).toBeLessThanOrEqual(1);
  }
});

function hammer(task: HammerTask): { ready: Promise<void>; done: Promise<void> } {
  const worker = new Worker(new URL("./hammer-worker.ts", import.meta.url), { workerData: task });
  const said = (word: string): Promise<void> =>
    new Promise((resolve, reject) => {
      worker.on("message", (message) => message === word && resolve());
      worker.once("error", reject);
    });
  return { ready: said("ready"), done: said("done") };
}

/** Blocks this thread, to act in the midst of what the other does. */
function spinUntil(isTrue: () => boolean): void {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!isTrue()) if (performance.now() > deadlineMs) throw new Error("it never came to that");
}

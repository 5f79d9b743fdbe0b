import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { SharedTranscriber } from "../../../src-main/serve/engines/shared-transcriber.ts";
import type { Transcriber, TranscriptionRequest } from "../../../src-main/turn/ports.ts";
import { succeeded } from "../../../src-shared/failure.ts";
import { settle } from "../../fakes/fake-stages.ts";

/** A transcriber that writes down which request it was given, by its length, and how many ran at once. */
function watchedTranscriber(count = 1) {
  const begun: number[] = [];
  let running = 0;
  let mostRunning = 0;
  const one: Transcriber = {
    transcribe: async ({ pcm }: TranscriptionRequest, signal) => {
      begun.push(pcm.length);
      mostRunning = Math.max(mostRunning, ++running);
      await settle();
      running -= 1;
      signal.throwIfAborted();
      return succeeded({ text: "", tokens: [], tokenLogProbabilities: [], elapsedMs: 100 });
    },
    close: async () => undefined,
  };
  const transcriber = new SharedTranscriber(Array.from({ length: count }, () => ({ ...one })));
  const request = (length: number, isUrgent = false, signal = new AbortController().signal) =>
    transcriber.transcribe(() => ({ pcm: new Float32Array(length) }), isUrgent, signal);
  return { transcriber, request, begun, mostRunning: () => mostRunning };
}

test("runs one at a time, first come first served", async () => {
  const { request, begun, mostRunning } = watchedTranscriber();
  await Promise.all([1, 2, 3, 4].map((length) => request(length)));
  expect(begun).toEqual([1, 2, 3, 4]);
  expect(mostRunning()).toBe(1);
});

test("two transcribers run two at a time, in the same order", async () => {
  const { transcriber, request, begun, mostRunning } = watchedTranscriber(2);
  await Promise.all([1, 2, 3, 4, 5].map((length) => request(length)));
  expect(begun).toEqual([1, 2, 3, 4, 5]);
  expect(mostRunning()).toBe(2);
  expect(transcriber.typicalMs).toBe(50);
});

test("the urgent go first, but only every second request jumps the queue", async () => {
  const { request, begun } = watchedTranscriber();
  await Promise.all([
    request(1),
    request(2),
    request(3),
    ...[11, 12, 13, 14].map((length) => request(length, true)),
    request(4),
  ]);
  expect(begun).toEqual([1, 11, 2, 12, 3, 13, 4, 14]);
});

test("streams that always want more all get the same", async () => {
  const { transcriber, begun } = watchedTranscriber();
  const abort = new AbortController();
  const streams = Array.from({ length: 16 }, async (_, stream) => {
    for (let round = 0; round < 10; round++) {
      const take = () => ({ pcm: new Float32Array(stream) });
      await transcriber.transcribe(take, stream < 4 && round % 2 === 0, abort.signal);
    }
  });
  await Promise.all(streams.slice(0, 1));
  const counts = Array.from({ length: 16 }, (_, stream) => begun.filter((length) => length === stream).length);
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(4);
  await Promise.all(streams);
});

test("takes the audio when its turn has come", async () => {
  const { transcriber, request, begun } = watchedTranscriber();
  const first = request(1);
  let length = 5;
  const second = transcriber.transcribe(() => ({ pcm: new Float32Array(length) }), false, new AbortController().signal);
  length = 9;
  await Promise.all([first, second]);
  expect(begun).toEqual([1, 9]);
  expect(transcriber.typicalMs).toBe(100);
});

test("an aborted request is dropped, and the others go on", async () => {
  const { request, begun } = watchedTranscriber();
  const abort = new AbortController();
  const running = request(1, false, abort.signal);
  const waiting = request(2, true, abort.signal);
  const other = request(3);
  abort.abort();
  const outcomes = await Promise.allSettled([running, waiting, request(4, false, abort.signal)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect((await other).ok).toBe(true);
  expect(begun).toEqual([1, 3]);
});

test("requests that are over leave nothing with the signal of their stream", async () => {
  const { request } = watchedTranscriber();
  const { signal } = new AbortController();
  await Promise.all([1, 2, 3].map((length) => request(length, false, signal)));
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});

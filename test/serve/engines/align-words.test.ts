import { expect, test } from "vitest";
import { alignWords, placeWords } from "../../../src-main/serve/engines/align-words.ts";
import type { WordAligner } from "../../../src-main/transcribe/soundswallower-aligner.ts";
import { RECOGNITION_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { failed, succeeded } from "../../../src-shared/failure.ts";

const AUDIO = { startMs: 5_000, pcm: new Float32Array(RECOGNITION_RATE_HZ) };
const NEVER = new AbortController().signal;

/** Finds up to so many words, 100 ms each, and no more. */
function alignerOf(mostWords: number): WordAligner {
  return {
    ready: Promise.resolve(succeeded({ loadMs: 0 })),
    align: async ({ text }) => {
      const words = text.split(" ");
      const aligned = words.length <= mostWords;
      return succeeded(
        words.map((word, index) => ({ text: word, startMs: index * 100, endMs: index * 100 + 100, aligned })),
      );
    },
    close: async () => undefined,
  };
}

test("places words on the timeline of their stream", async () => {
  expect(await alignWords(alignerOf(2), AUDIO, ["one", "two"], NEVER)).toEqual([
    { text: "one", startMs: 5_000, endMs: 5_100 },
    { text: "two", startMs: 5_100, endMs: 5_200 },
  ]);
});

test("leaves the last word out where the audio cuts it", async () => {
  const placed = await alignWords(alignerOf(2), AUDIO, ["one", "two", "thr"], NEVER);
  expect(placed.map(({ text }) => text)).toEqual(["one", "two"]);
});

test("places none where the audio does not fit, or the aligner fails", async () => {
  expect(await alignWords(alignerOf(1), AUDIO, ["one", "two", "three"], NEVER)).toEqual([]);
  const failing = { ...alignerOf(9), align: async () => failed("transcribe-failed", "transcribe", "crashed", true) };
  expect(await alignWords(failing, AUDIO, ["one"], NEVER)).toEqual([]);
  expect(await alignWords(alignerOf(9), AUDIO, [], NEVER)).toEqual([]);
});

test("shares out the time that is left where every word must have a place", async () => {
  const rest = await placeWords(alignerOf(2), AUDIO, ["one", "two", "three"], NEVER);
  expect(rest.at(-1)).toEqual({ text: "three", startMs: 5_200, endMs: 6_000 });
  const all = await placeWords(alignerOf(0), AUDIO, ["one", "three"], NEVER);
  expect(all).toEqual([
    { text: "one", startMs: 5_000, endMs: 5_375 },
    { text: "three", startMs: 5_375, endMs: 6_000 },
  ]);
});

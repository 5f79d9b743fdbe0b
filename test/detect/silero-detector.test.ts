import { afterAll, expect, test } from "vitest";
import { createSileroDetector, frameByFrame } from "../../src-main/detect/silero-detector.ts";
import type { DetectorStream } from "../../src-main/detect/detect-engine.ts";
import { resampleAll } from "../../src-main/streaming-resampler.ts";
import { succeeded } from "../../src-shared/failure.ts";
import { RECOGNITION_FRAME_SAMPLES, RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { sharedSpeech, spokenText, withSilence } from "../fixtures/speech.ts";

const detector = createSileroDetector({});
afterAll(() => detector.close());

async function detectAll(pcm: Float32Array): Promise<number[]> {
  const probabilities: number[] = [];
  for (let start = 0; start + RECOGNITION_FRAME_SAMPLES <= pcm.length; start += RECOGNITION_FRAME_SAMPLES) {
    const outcome = await detector.detect(pcm.subarray(start, start + RECOGNITION_FRAME_SAMPLES));
    if (!outcome.ok) throw new Error(outcome.failure.detail);
    probabilities.push(outcome.value);
  }
  return probabilities;
}

function share(probabilities: readonly number[], from: number, to: number): number {
  const frames = probabilities.slice(Math.round(from / 0.032), Math.round(to / 0.032));
  return frames.filter((probability) => probability > 0.5).length / frames.length;
}

const question = sharedSpeech("service-question-in-silence.wav");
const address = sharedSpeech("jfk.wav");

test("loads and says how long it took", async () => {
  const ready = await detector.ready;
  expect(ready.ok && ready.value.loadMs).toBeGreaterThan(0);
});

test.skipIf(!address)("hears a person speak and pause (skipped without shared/speech)", async () => {
  const probabilities = await detectAll(address?.pcm as Float32Array);
  expect(share(probabilities, 0.4, 2.1)).toBeGreaterThan(0.85);
  expect(share(probabilities, 2.6, 3.2)).toBe(0);
  expect(share(probabilities, 5.4, 7.4)).toBeGreaterThan(0.85);
  expect(share(probabilities, 8.3, 10.3)).toBeGreaterThan(0.85);
});

test.skipIf(!question)("finds the question in a noisy room (skipped without shared/speech)", async () => {
  const { pcm, rateHz } = question as NonNullable<typeof question>;
  const probabilities = await detectAll(await resampleAll(pcm, rateHz, RECOGNITION_RATE_HZ));
  expect(share(probabilities, 0, 4.8)).toBe(0);
  expect(share(probabilities, 5.4, 8.2)).toBeGreaterThan(0.85);
  expect(share(probabilities, 9, 20)).toBe(0);
});

test("hears a synthetic voice between silences, the same every time", async () => {
  const speech = await spokenText("What time is it, and what is the date today?", "slt", RECOGNITION_RATE_HZ);
  const pcm = withSilence(speech, RECOGNITION_RATE_HZ, 1000, 1500);
  const endS = pcm.length / RECOGNITION_RATE_HZ;
  for (let run = 0; run < 2; run++) {
    const probabilities = await detectAll(pcm);
    expect(share(probabilities, 0.1, 0.9)).toBe(0);
    expect(share(probabilities, 1.4, endS - 2)).toBeGreaterThan(0.8);
    expect(share(probabilities, endS - 0.8, endS)).toBe(0);
  }
});

test("goes on hearing after minutes of silence", async () => {
  const silence = await detectAll(new Float32Array(120 * RECOGNITION_RATE_HZ));
  expect(Math.max(...silence)).toBeLessThan(0.5);
  const speech = await spokenText("Set a timer for two minutes.", "slt", RECOGNITION_RATE_HZ);
  expect(share(await detectAll(speech), 0.4, 1.2)).toBeGreaterThan(0.85);
});

test("refuses a frame that is no frame and goes on undisturbed", async () => {
  const refused = { ok: false, failure: { code: "detect-failed", retryable: true } };
  expect(await detector.detect(new Float32Array(511))).toMatchObject(refused);
  expect(await detector.detect(new Float32Array(512).fill(Number.NaN))).toMatchObject(refused);
  const speech = await spokenText("Set a timer for two minutes.", "slt", RECOGNITION_RATE_HZ);
  expect(share(await detectAll(speech), 0.4, 1.2)).toBeGreaterThan(0.85);
});

test("leaves the caller's frame alone", async () => {
  const frame = new Float32Array(512).fill(0.25);
  await detector.detect(frame);
  expect(frame.length).toBe(512);
  expect(frame[0]).toBe(0.25);
});

test("what is louder than a quiet room is heard with the second before it, on the same stream", async () => {
  const framesSeen: number[] = [];
  let streams = 0;
  const open = (): DetectorStream => {
    streams++;
    return {
      detect: async (frames) => {
        framesSeen.push(frames.length / RECOGNITION_FRAME_SAMPLES);
        return succeeded(new Float32Array(frames.length / RECOGNITION_FRAME_SAMPLES));
      },
      close: () => undefined,
    };
  };
  const frames = frameByFrame({ open });
  const hear = (amplitude: number) =>
    frames.detect(
      new Float32Array(RECOGNITION_FRAME_SAMPLES).map((_, index) => (index % 2 === 0 ? amplitude : -amplitude)),
    );
  for (let frame = 0; frame < 100; frame++) await hear(0.001);
  expect(framesSeen).toEqual(Array.from({ length: 31 }, () => 1));
  await hear(0.1);
  await hear(0.1);
  expect(framesSeen.slice(31)).toEqual([32, 1]);
  expect(streams).toBe(1);
});

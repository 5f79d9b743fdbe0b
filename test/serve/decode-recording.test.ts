import { expect, test } from "vitest";
import { RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { createFlacEncoder } from "../../src-main/wire/audio-encoding/flac-encoder.ts";
import { decodeRecording } from "../../src-main/serve/decode-recording.ts";
import { serverLimits } from "../../src-main/serve/server-limits.ts";
import { concatenate } from "../../src-main/streaming-resampler.ts";
import { wavBytes } from "../fixtures/wav-bytes.ts";

const TONE = Float32Array.from({ length: 48_000 }, (_, index) => Math.sin((2 * Math.PI * 440 * index) / 48_000) / 2);
const tone = (seconds: number): Uint8Array => {
  const pcm = new Float32Array(48_000 * seconds);
  for (let second = 0; second < seconds; second++) pcm.set(TONE, second * 48_000);
  return wavBytes(pcm, { encoding: "int", bits: 16, channels: 1, sampleRateHz: 48_000 });
};

async function decodeAll(bytes: Uint8Array, mostSeconds: number): Promise<Float32Array> {
  const pieces: Float32Array[] = [];
  for await (const pcm of decodeRecording(bytes, mostSeconds)) pieces.push(pcm);
  return concatenate(pieces);
}

test("a recording becomes mono samples at the wanted rate, and others get their turn meanwhile", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const pcm = await decodeAll(tone(20), 60);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
  expect(pcm).toHaveLength(20 * RECOGNITION_RATE_HZ);
  const middle = pcm.subarray(RECOGNITION_RATE_HZ, 2 * RECOGNITION_RATE_HZ);
  const rms = Math.sqrt(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length);
  expect(rms).toBeCloseTo(0.5 / Math.SQRT2, 2);
});

test.for([
  ["nothing", new Uint8Array(0), "input-empty"],
  ["text", Buffer.from("Dear diary,\n".repeat(100)), "input-unreadable"],
  ["the beginning of a header", Buffer.from("RIF"), "input-unreadable"],
  ["a header without samples", tone(0), "input-empty"],
  ["more than is allowed", tone(3), "input-unreadable"],
  [
    "a rate of 384 kHz",
    wavBytes(TONE, { encoding: "int", bits: 16, channels: 1, sampleRateHz: 384_000 }),
    "input-unreadable",
  ],
] as const)("%s is a failure", async ([, bytes, code]) => {
  await expect(decodeAll(bytes, 2)).rejects.toMatchObject({ failure: { code } });
});

test("silence that is packed tightly does not hold up the others", async () => {
  const encoder = await createFlacEncoder(48_000);
  const pieces = Array.from({ length: 60 }, () => encoder.push(new Float32Array(48_000)));
  const bytes = Buffer.concat([...pieces, encoder.finish()]);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  expect(await decodeAll(bytes, 60)).toHaveLength(60 * RECOGNITION_RATE_HZ);
  clearInterval(timer);
  expect(bytes.length).toBeLessThan(50_000);
  expect(turns).toBeGreaterThan(9);
});

test("limits have defaults, and those out of range are refused", () => {
  expect(serverLimits({ mostSessions: 3 })).toEqual({ ...serverLimits(), mostSessions: 3 });
  for (const wrong of [{ mostSessions: 0 }, { mostBodyBytes: 1.5 }, { stallMs: Number.NaN }, { mostThings: 1 }])
    expect(() => serverLimits(wrong)).toThrow(/most|stall/);
});

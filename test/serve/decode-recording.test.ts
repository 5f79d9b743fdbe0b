import { expect, test } from "vitest";
import { RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { decodeRecording } from "../../src-main/serve/decode-recording.ts";
import { serverLimits } from "../../src-main/serve/server-limits.ts";
import { wavBytes } from "../fixtures/wav-bytes.ts";

const TONE = Float32Array.from({ length: 48_000 }, (_, index) => Math.sin((2 * Math.PI * 440 * index) / 48_000) / 2);
const tone = (seconds: number): Uint8Array => {
  const pcm = new Float32Array(48_000 * seconds);
  for (let second = 0; second < seconds; second++) pcm.set(TONE, second * 48_000);
  return wavBytes(pcm, { encoding: "int", bits: 16, channels: 1, sampleRateHz: 48_000 });
};

test("a recording becomes mono samples at the wanted rate, and others get their turn meanwhile", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const outcome = await decodeRecording(tone(20), RECOGNITION_RATE_HZ, 60);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  expect(outcome.value).toHaveLength(20 * RECOGNITION_RATE_HZ);
  const middle = outcome.value.subarray(RECOGNITION_RATE_HZ, 2 * RECOGNITION_RATE_HZ);
  const rms = Math.sqrt(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length);
  expect(rms).toBeCloseTo(0.5 / Math.SQRT2, 2);
});

test.for([
  ["nothing", new Uint8Array(0), "input-empty"],
  ["text", Buffer.from("Dear diary,\n".repeat(100)), "input-unreadable"],
  ["the beginning of a header", Buffer.from("RIF"), "input-unreadable"],
  ["a header without samples", tone(0), "input-empty"],
  ["more than is allowed", tone(3), "input-unreadable"],
] as const)("%s is a failure", async ([, bytes, code]) => {
  expect(await decodeRecording(bytes, RECOGNITION_RATE_HZ, 2)).toMatchObject({ ok: false, failure: { code } });
});

test("limits have defaults, and those out of range are refused", () => {
  expect(serverLimits({ mostSessions: 3 })).toEqual({ ...serverLimits(), mostSessions: 3 });
  for (const wrong of [{ mostSessions: 0 }, { mostBodyBytes: 1.5 }, { stallMs: Number.NaN }, { mostThings: 1 }])
    expect(() => serverLimits(wrong)).toThrow(/most|stall/);
});

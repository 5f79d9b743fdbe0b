import { expect, test } from "vitest";
import { bytesPerSecond } from "../../../src-main/play/feed/bytes-per-second.ts";
import { wavBytes } from "../../fixtures/wav-bytes.ts";
import { chirp, encode, HAS_FFMPEG } from "../decode/fixtures.ts";

const NOTHING = new Uint8Array(0);
const MONO = { sampleRateHz: 24_000, channels: 1 } as const;

test.each([
  ["s16le", 2],
  ["s24le", 3],
  ["s32le", 4],
  ["f32le", 4],
] as const)("%s takes what its samples take", (encoding, sampleBytes) => {
  expect(bytesPerSecond(NOTHING, encoding, MONO)).toBe(24_000 * sampleBytes);
  expect(bytesPerSecond(NOTHING, encoding, { sampleRateHz: 44_100, channels: 2 })).toBe(44_100 * 2 * sampleBytes);
});

test("WAV says it itself, in memory of any place", () => {
  const wav = wavBytes(new Float32Array(100), { encoding: "int", bits: 24, channels: 2, sampleRateHz: 48_000 });
  const moved = new Uint8Array([7, 7, 7, ...wav]).subarray(3);
  expect(bytesPerSecond(moved, "wav", MONO)).toBe(48_000 * 2 * 3);
  expect(bytesPerSecond(wav.subarray(0, 20), "wav", MONO)).toBeGreaterThan(0);
});

test.skipIf(!HAS_FFMPEG).each(["32k", "64k"])("MP3 of %s is measured by its first frame", (bitrate) => {
  const mp3 = encode("mp3", chirp(1), ["-b:a", bitrate]);
  expect(bytesPerSecond(mp3, "mp3", MONO)).toBeCloseTo(Number.parseInt(bitrate, 10) * 125, -3);
});

test.each(["mp3", "flac", "ogg-opus", "ogg-vorbis", "aac", "opus-packets"] as const)(
  "%s that says nothing is taken to be as usual",
  (encoding) => {
    expect(bytesPerSecond(NOTHING, encoding, MONO)).toBeGreaterThan(1_000);
    expect(bytesPerSecond(NOTHING, encoding, MONO)).toBeLessThan(50_000);
  },
);

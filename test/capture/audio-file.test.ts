import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { readAudioFile, readAudioFileAt, type DecodedAudio } from "../../src-main/capture/audio-file.ts";
import { findProgram } from "../e2e/rig/tethered-process.ts";
import { wavBytes, type WavShape } from "../fixtures/wav-bytes.ts";

const folder = mkdtempSync(join(tmpdir(), "repartee-audio-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DEFAULTS: WavShape = { encoding: "int", bits: 16, channels: 1, sampleRateHz: 16_000 };

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** Half a second of a tone at half of full scale. */
function tone(rateHz: number): Float32Array {
  return Float32Array.from({ length: rateHz / 2 }, (_, n) => 0.5 * Math.sin((2 * Math.PI * 400 * n) / rateHz));
}

async function read(path: string): Promise<DecodedAudio> {
  const outcome = await readAudioFile(path);
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  return outcome.value;
}

async function failureOf(path: string): Promise<string> {
  const outcome = await readAudioFile(path);
  if (outcome.ok) throw new Error("it was read");
  expect(outcome.failure.detail).not.toContain("\n");
  return outcome.failure.code;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a).toHaveLength(b.length);
  return a.reduce((largest, sample, n) => Math.max(largest, Math.abs(sample - b[n]!)), 0);
}

test.each<[encoding: "int" | "float", bits: WavShape["bits"], tolerance: number]>([
  ["int", 8, 1 / 127],
  ["int", 16, 1 / 32_000],
  ["int", 24, 1 / 8_000_000],
  ["int", 32, 1e-7],
  ["float", 32, 1e-7],
  ["float", 64, 1e-7],
])("WAV with %s samples of %i bits", async (encoding, bits, tolerance) => {
  for (const isExtensible of [false, true]) {
    for (const sampleRateHz of [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000]) {
      const pcm = tone(sampleRateHz - (sampleRateHz % 2));
      const shape = { ...DEFAULTS, encoding, bits, sampleRateHz, isExtensible };
      const decoded = await read(file("a.wav", wavBytes(pcm, shape)));
      expect(decoded).toMatchObject({ format: "wav", sampleRateHz, warnings: [] });
      expect(largestDifference(decoded.pcm, pcm)).toBeLessThan(tolerance);
    }
  }
});

test("channels are mixed to one", async () => {
  const stereo = Float32Array.of(0.5, 0.25, -0.5, 0.5, 0, 1);
  const { pcm } = await read(file("stereo.wav", wavBytes(stereo, { ...DEFAULTS, channels: 2 })));
  expect(largestDifference(pcm, Float32Array.of(0.375, 0, 0.5))).toBeLessThan(1e-4);
});

test("chunks around the samples are passed over", async () => {
  const pcm = tone(16_000);
  const bytes = wavBytes(pcm, { ...DEFAULTS, extraChunks: true });
  expect((await read(file("chunks.wav", bytes))).pcm).toHaveLength(pcm.length);
});

test.each([0, 0xffff_ffff, 0x7fff_f000])("a size left open as %i means to the end of the file", async (dataBytes) => {
  const decoded = await read(
    file("open.wav", wavBytes(tone(16_000), { ...DEFAULTS, dataBytes, riffBytes: dataBytes })),
  );
  expect(decoded.pcm).toHaveLength(8_000);
  expect(decoded.warnings).toEqual([]);
});

test("a WAV file that is cut short gives what is there, with a warning", async () => {
  const bytes = wavBytes(tone(16_000), DEFAULTS);
  const decoded = await read(file("cut.wav", bytes.subarray(0, 44 + 8_001)));
  expect(decoded.pcm).toHaveLength(4_000);
  expect(decoded.warnings).toEqual(["the file is cut short: 0.25 s of 0.50 s are there"]);
});

test("samples that are not numbers are silence", async () => {
  const shape: WavShape = { ...DEFAULTS, encoding: "float", bits: 32 };
  const { pcm } = await read(file("nan.wav", wavBytes(Float32Array.of(0.5, Number.NaN, Infinity, 0.25), shape)));
  expect(Array.from(pcm)).toEqual([0.5, 0, 0, 0.25]);
});

test.each([
  ["no samples", wavBytes(new Float32Array(0), DEFAULTS), "input-empty"],
  [
    "no samples but a comment behind them",
    wavBytes(new Float32Array(0), { ...DEFAULTS, extraChunks: true }),
    "input-empty",
  ],
  ["nothing", "", "input-empty"],
  ["text", "This is not audio at all.\n".repeat(50), "input-unreadable"],
  ["text in UTF-16", Buffer.from("\uFEFFThis is not audio.".repeat(50), "utf16le"), "input-unreadable"],
  ["a lone header", "RIFF\0\0\0\0WAVE", "input-unreadable"],
  ["half a header", wavBytes(tone(16_000), DEFAULTS).subarray(0, 30), "input-unreadable"],
  [
    "no format",
    Buffer.concat([Buffer.from("RIFF\x10\0\0\0WAVEdata\x04\0\0\0", "latin1"), Buffer.alloc(4)]),
    "input-unreadable",
  ],
  ["no channels", wavBytes(tone(16_000), { ...DEFAULTS, channels: 0 }), "input-unreadable"],
  ["a rate of 0", wavBytes(tone(16_000), { ...DEFAULTS, sampleRateHz: 0 }), "input-unreadable"],
  ["a rate of 384 kHz", wavBytes(tone(16_000), { ...DEFAULTS, sampleRateHz: 384_000 }), "input-unreadable"],
  ["20 bits", wavBytes(tone(16_000), { ...DEFAULTS, declaredBits: 20 }), "input-unreadable"],
  ["half a FLAC header", "fLaC\0\0\0", "input-unreadable"],
  ["half an Ogg header", "OggS\0\0", "input-unreadable"],
  ["an ID3 tag alone", "ID3\x04\0\0\0\0\0\0", "input-unreadable"],
] as const)("a file with %s", async (_, bytes, code) => {
  const printed = vi.spyOn(console, "error");
  expect(await failureOf(file("bad.wav", bytes))).toBe(code);
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
});

test("what is not there, is a folder or may not be read", async ({ skip }) => {
  expect(await failureOf(join(folder, "none.wav"))).toBe("input-missing");
  expect(await failureOf(folder)).toBe("input-unreadable");
  skip(process.getuid?.() === 0, "the superuser may read everything");
  const path = file("locked.wav", wavBytes(tone(16_000), DEFAULTS));
  chmodSync(path, 0);
  expect(await failureOf(path)).toBe("input-unreadable");
});

test("resampling keeps the duration", async () => {
  const path = file("rate.wav", wavBytes(tone(44_100), { ...DEFAULTS, sampleRateHz: 44_100 }));
  const outcome = await readAudioFileAt(path, 16_000);
  expect(outcome).toMatchObject({ ok: true, value: { sampleRateHz: 16_000, pcm: { length: 8_000 } } });
});

const COMPRESSED: readonly (readonly [format: DecodedAudio["format"], name: string, options: readonly string[]])[] = [
  ["mp3", "a.mp3", ["-c:a", "libmp3lame", "-b:a", "128k"]],
  ["ogg-opus", "a.opus", ["-c:a", "libopus", "-b:a", "96k"]],
  ["flac", "a.flac", ["-c:a", "flac"]],
];

test.for(COMPRESSED)("%s, mono and stereo, at its place in time", async ([format, name, options], { skip }) => {
  const ffmpeg = findProgram("ffmpeg");
  if (!ffmpeg) return skip("not installed: ffmpeg");
  for (const channels of [1, 2]) {
    for (const rateHz of format === "ogg-opus" ? [16_000, 48_000] : [16_000, 44_100, 48_000]) {
      const decoded = await read(compress(ffmpeg, name, [...options, "-ar", String(rateHz), "-ac", String(channels)]));
      expect(decoded.format).toBe(format);
      expect(decoded.warnings).toEqual([]);
      expect(decoded.pcm.length / decoded.sampleRateHz).toBeCloseTo(1, 2);
      const onset = decoded.pcm.findIndex((sample) => Math.abs(sample) > 0.1) / decoded.sampleRateHz;
      expect(onset).toBeGreaterThan(0.49);
      expect(onset).toBeLessThan(0.51);
    }
  }
});

test("flac at a rate that nothing resamples", async ({ skip }) => {
  const ffmpeg = findProgram("ffmpeg");
  if (!ffmpeg) return skip("not installed: ffmpeg");
  const outcome = await readAudioFileAt(compress(ffmpeg, "high.flac", ["-ar", "384000"]), 16_000);
  expect(outcome).toMatchObject({ ok: false, failure: { code: "input-unreadable" } });
});

test.for(COMPRESSED)(
  "%s that is cut short or damaged is read as far as it goes",
  async ([format, name, options], { skip }) => {
    const ffmpeg = findProgram("ffmpeg");
    if (!ffmpeg) return skip("not installed: ffmpeg");
    const bytes = readFileSync(compress(ffmpeg, name, options));
    const cut = await readAudioFile(file("cut.wav", bytes.subarray(0, bytes.length * 0.9)));
    expect(cut).toMatchObject({ ok: true, value: { format } });
    const damaged = Buffer.from(bytes).fill(0x55, Math.floor(bytes.length * 0.6), Math.floor(bytes.length * 0.7));
    const read = await readAudioFile(file("damaged.wav", damaged));
    if (read.ok) expect(read.value.warnings).toHaveLength(1);
    else expect(read.failure.code).toBe("input-unreadable");
  },
);

/** Half a second of silence and half a second of a tone, compressed. */
function compress(ffmpeg: string, name: string, options: readonly string[]): string {
  const pcm = new Float32Array(48_000);
  pcm.set(tone(48_000), 24_000);
  const source = file("source.wav", wavBytes(pcm, { ...DEFAULTS, sampleRateHz: 48_000 }));
  const path = join(folder, name);
  const run = spawnSync(ffmpeg, ["-v", "error", "-y", "-i", source, ...options, path], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stderr);
  return path;
}

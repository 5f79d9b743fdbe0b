import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readWav } from "../../../src-main/capture/wav-reader.ts";
import { SavedAudio, type SavedAudioOptions } from "../../../src-main/play/record/saved-audio.ts";
import type { StreamEncoding } from "../../../src-main/play/decode/stream-decoder.ts";
import type { Outcome } from "../../../src-shared/failure.ts";

// 2026-03-04 23:30:15.007 in UTC, the fifth of March in Tokyo.
const AT_MS = Date.UTC(2026, 2, 4, 23, 30, 15, 7);
const TONE = Float32Array.from({ length: 24_000 }, (_, n) => 0.5 * Math.sin(n / 10));
const HAS_FFMPEG = spawnSync("ffmpeg", ["-version"]).status === 0;
const CAN_MOUNT = tryCleanly((place) => run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place), "umount");
const CAN_FREEZE = tryCleanly((place) => run("chattr", "+i", place), "chattr", "-i");
let folder = "";
let undo: (() => unknown)[] = [];

beforeEach(() => {
  vi.stubEnv("TZ", "Asia/Tokyo");
  folder = mkdtempSync(join(tmpdir(), "repartee-save-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const step of undo) step();
  undo = [];
  rmSync(folder, { recursive: true, force: true });
});

function open(options: SavedAudioOptions = {}, place = folder): SavedAudio {
  return valueOf(SavedAudio.open(place, { now: () => AT_MS, ...options }));
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  return outcome.value;
}

function samplesIn(path: string): Float32Array {
  return valueOf(readWav(readFileSync(path))).pcm;
}

/** Everything in the folder but the folders, hidden files included. */
function allFiles(place = folder): string[] {
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
}

test.each([
  ["conv_20260304_233015_a1b2c3", "20260305_083015_007_a1b2c3_tts"],
  ["conv_1700000000000", "20260305_083015_007_1700000000000_tts"],
  ["alone", "20260305_083015_007_alone_tts"],
  [undefined, "20260305_083015_007-tts"],
  ["conv_", "20260305_083015_007-tts"],
  ["conv_../../etc", "20260305_083015_007_....etc_tts"],
])("names are by local time and the conversation (%s)", (conversationId, stem) => {
  const saved = open({ ...(conversationId !== undefined && { conversationId }), encoding: "mp3" });
  saved.appendOriginal(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
  saved.appendPlayed(TONE);
  expect(allFiles()).not.toContain(`${stem}.wav`);
  const place = join(folder, "2026", "03");
  expect(saved.finish()).toEqual({
    ok: true,
    value: { files: [join(place, `${stem}.wav`), join(place, `${stem}.mp3`)] },
  });
  expect(allFiles()).toEqual([`${stem}.mp3`, `${stem}.wav`]);
});

test("what was played is a 16-bit mono WAV at 24 kHz", () => {
  const saved = open();
  for (let at = 0; at < TONE.length; at += 777) saved.appendPlayed(TONE.subarray(at, at + 777));
  const [path] = valueOf(saved.finish()).files;
  const bytes = readFileSync(path!);
  expect([bytes.readUInt16LE(22), bytes.readUInt32LE(24), bytes.readUInt16LE(34)]).toEqual([1, 24_000, 16]);
  const read = samplesIn(path!);
  expect(read).toHaveLength(TONE.length);
  expect(Math.max(...read.map((sample, n) => Math.abs(sample - TONE[n]!)))).toBeLessThan(1 / 16_000);
});

test.each<[StreamEncoding, string, string]>([
  ["mp3", "ID3 any bytes", "mp3"],
  ["ogg-opus", "OggS any bytes", "opus"],
  ["ogg-vorbis", "OggS any bytes", "ogg"],
  ["flac", "fLaC any bytes", "flac"],
  ["aac", "\u00ff\u00f1 any bytes", "aac"],
  ["aac", "\0\0\0\u0020ftypM4A any bytes", "m4a"],
  ["aac", "tiny", "aac"],
  ["mp3", "x", "mp3"],
])("the original bytes of %s are kept as received, byte by byte: %j", (encoding, text, extension) => {
  const saved = open({ encoding });
  const bytes = Buffer.from(text, "latin1");
  for (const byte of bytes) saved.appendOriginal(Uint8Array.of(byte));
  saved.appendPlayed(TONE);
  const [, path] = valueOf(saved.finish()).files;
  expect(path!.split(".").at(-1)).toBe(extension);
  expect(readFileSync(path!)).toEqual(bytes);
});

test.each<StreamEncoding>(["s16le", "s24le", "s32le", "f32le", "wav"])(
  "the bytes of %s, which is not compressed, are not kept",
  (encoding) => {
    const saved = open({ encoding });
    saved.appendOriginal(new Uint8Array(100));
    saved.appendPlayed(TONE);
    expect(valueOf(saved.finish()).files.map((path) => basename(path))).toEqual(["20260305_083015_007-tts.wav"]);
  },
);

test("a caller's buffer may be used again at once", () => {
  const saved = open({ encoding: "flac" });
  const bytes = Buffer.from("fLa");
  saved.appendOriginal(bytes);
  bytes.fill(0);
  saved.appendOriginal(Buffer.from("C and more"));
  expect(readFileSync(valueOf(saved.finish()).files[0]!, "latin1")).toBe("fLaC and more");
});

test("recordings of the same millisecond get different names, finished or not", () => {
  const both = { conversationId: "a_b", encoding: "mp3" } as const;
  const first = open(both);
  const second = open(both);
  for (const saved of [first, second]) {
    saved.appendPlayed(TONE);
    saved.appendOriginal(new Uint8Array(10));
  }
  const finished = [first, second].flatMap((saved) => valueOf(saved.finish()).files);
  const third = open(both);
  third.appendPlayed(TONE);
  finished.push(...valueOf(third.finish()).files);
  expect(finished.map((path) => basename(path))).toEqual([
    "20260305_083015_007_b_tts.wav",
    "20260305_083015_007_b_tts.mp3",
    "20260305_083015_008_b_tts.wav",
    "20260305_083015_008_b_tts.mp3",
    "20260305_083015_009_b_tts.wav",
  ]);
});

test("recordings of several threads in the same milliseconds get different names", async () => {
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    import(workerData.module).then(({ SavedAudio }) => {
      const files = Array.from({ length: 50 }, () => {
        const saved = SavedAudio.open(workerData.folder, { now: () => workerData.atMs });
        saved.value.appendPlayed(new Float32Array(100));
        return saved.value.finish().value.files[0];
      });
      parentPort.postMessage(files);
    });`;
  const module = new URL("../../../src-main/play/record/saved-audio.ts", import.meta.url).href;
  const lists = await Promise.all(
    [1, 2, 3].map(
      () =>
        new Promise<string[]>((resolve, reject) => {
          const worker = new Worker(code, { eval: true, workerData: { module, folder, atMs: AT_MS } });
          worker.once("message", resolve);
          worker.once("error", reject);
        }),
    ),
  );
  expect(new Set(lists.flat())).toHaveLength(150);
  expect(allFiles()).toHaveLength(150);
});

test("nothing played and nothing received leaves nothing", () => {
  const saved = open({ encoding: "mp3" });
  saved.appendPlayed(new Float32Array());
  expect(saved.finish()).toEqual({ ok: true, value: { files: [] } });
  expect(allFiles()).toEqual([]);
});

test("what was received is kept although nothing of it was played", () => {
  const saved = open({ encoding: "mp3" });
  saved.appendOriginal(Buffer.from("only bytes"));
  expect(valueOf(saved.finish()).files).toHaveLength(1);
  expect(allFiles()).toEqual(["20260305_083015_007-tts.mp3"]);
});

test("giving up leaves nothing, and afterwards nothing more happens", () => {
  const saved = open({ encoding: "mp3" });
  saved.appendOriginal(new Uint8Array(100));
  saved.appendPlayed(TONE);
  expect(allFiles()).not.toEqual([]);
  saved.discard();
  saved.discard();
  saved.appendOriginal(new Uint8Array(100));
  saved.appendPlayed(TONE);
  expect(saved.finish()).toEqual({ ok: true, value: { files: [] } });
  expect(allFiles()).toEqual([]);
});

test("finishing again says the same, and what comes late changes nothing", () => {
  const saved = open({ encoding: "mp3" });
  saved.appendPlayed(TONE);
  const first = saved.finish();
  saved.appendPlayed(TONE);
  saved.appendOriginal(new Uint8Array(100));
  saved.discard();
  expect(saved.finish()).toEqual(first);
  expect(samplesIn(valueOf(first).files[0]!)).toHaveLength(TONE.length);
});

test.each([
  ["cannot be", () => "/proc/none"],
  ["is a file", () => join(folder, "file")],
])("a folder that %s is a failure at the beginning", (_name, place) => {
  writeFileSync(join(folder, "file"), "");
  expect(SavedAudio.open(place())).toMatchObject({ ok: false, failure: { code: "output-unwritable", stage: "play" } });
});

test("the original is kept when the other file cannot be completed", () => {
  const saved = open({ encoding: "mp3" });
  saved.appendPlayed(TONE);
  saved.appendOriginal(Buffer.from("all the bytes"));
  const place = join(folder, "2026", "03");
  const part = readdirSync(place).find((name) => name.includes(".wav."))!;
  rmSync(join(place, part));
  const result = saved.finish();
  expect(result).toMatchObject({ ok: false, failure: { code: "output-unwritable" } });
  expect(!result.ok && result.failure.detail).toContain(`kept ${join(place, "20260305_083015_007-tts.mp3")}`);
  expect(allFiles()).toEqual(["20260305_083015_007-tts.mp3"]);
});

test.skipIf(!CAN_MOUNT)("when the disk fills up both files are kept up to there, whole and valid", () => {
  const disk = mountDisk("size=2m");
  const saved = open({ encoding: "mp3" }, disk);
  for (let n = 0; n < 100; n += 1) {
    saved.appendPlayed(TONE);
    saved.appendOriginal(Buffer.alloc(6000, n));
  }
  const result = saved.finish();
  expect(result).toMatchObject({ ok: false, failure: { code: "output-unwritable" } });
  expect(!result.ok && result.failure.detail).toMatch(/^the disk is full; kept .*\.wav, .*\.mp3$/);
  expect(allFiles(disk)).toEqual(["20260305_083015_007-tts.mp3", "20260305_083015_007-tts.wav"]);
  const seconds = samplesIn(join(disk, "2026", "03", "20260305_083015_007-tts.wav")).length / 24_000;
  // 1.7 of 2 MB at 54 kB for each second of both.
  expect(seconds).toBeGreaterThan(29);
  expect(seconds).toBeLessThan(37);
  expect(statSync(join(disk, "2026", "03", "20260305_083015_007-tts.mp3")).size / 6000).toBeCloseTo(seconds, -1);
});

test.skipIf(!CAN_MOUNT)("a disk that is full from the beginning keeps nothing and says so", () => {
  const disk = mountDisk("size=128k");
  const saved = open({}, disk);
  for (let n = 0; n < 5; n += 1) saved.appendPlayed(TONE);
  const result = saved.finish();
  expect(!result.ok && result.failure.detail).toBe("the disk is full; nothing was kept");
  expect(allFiles(disk)).toEqual([]);
});

test.skipIf(!CAN_MOUNT)("a read-only disk is a failure at the beginning", () => {
  const disk = mountDisk("size=64k,ro");
  expect(SavedAudio.open(disk)).toMatchObject({
    ok: false,
    failure: { code: "output-unwritable", detail: expect.stringContaining("EROFS") as string },
  });
});

test.skipIf(!CAN_FREEZE)("a folder that is locked meanwhile is a failure at the end, and nothing throws", () => {
  for (const end of ["finish", "discard"] as const) {
    const saved = open({ encoding: "mp3" });
    saved.appendPlayed(TONE);
    saved.appendOriginal(new Uint8Array(100));
    const place = join(folder, "2026", "03");
    expect(run("chattr", "+i", place)).toBe(true);
    undo.push(() => run("chattr", "-i", place));
    if (end === "finish") expect(saved.finish()).toMatchObject({ ok: false, failure: { code: "output-unwritable" } });
    else saved.discard();
    run("chattr", "-i", place);
    closeSync(openSync(join(place, "next"), "w"));
  }
});

test.skipIf(!HAS_FFMPEG)("an mp3 that broke off is kept as it is and can be played", () => {
  const source = join(folder, "source.mp3");
  expect(run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=440:duration=4", source)).toBe(true);
  const bytes = readFileSync(source);
  const saved = open({ encoding: "mp3" });
  saved.appendOriginal(bytes.subarray(0, bytes.length / 2));
  saved.appendPlayed(TONE);
  const [wav, mp3] = valueOf(saved.finish()).files;
  expect(readFileSync(mp3!)).toEqual(bytes.subarray(0, bytes.length / 2));
  for (const path of [wav!, mp3!]) expect(run("ffmpeg", "-v", "error", "-i", path, "-f", "null", "-")).toBe(true);
});

function mountDisk(options: string): string {
  const place = join(folder, "disk");
  mkdirSync(place);
  expect(run("mount", "-t", "tmpfs", "-o", options, "tmpfs", place)).toBe(true);
  undo.push(() => run("umount", place));
  return place;
}

function run(command: string, ...parts: readonly string[]): boolean {
  return spawnSync(command, parts).status === 0;
}

function tryCleanly(attempt: (place: string) => boolean, ...undoing: [string, ...string[]]): boolean {
  const place = mkdtempSync(join(tmpdir(), "repartee-try-"));
  const works = attempt(place);
  if (works) run(undoing[0], ...undoing.slice(1), place);
  if (existsSync(place)) rmSync(place, { recursive: true, force: true });
  return works;
}

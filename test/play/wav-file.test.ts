import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readWav } from "../../src-main/capture/wav-reader.ts";
import { type WavFormat } from "../../src-main/files/wav-header.ts";
import { WavFileWriter } from "../../src-main/play/wav-file.ts";

const MONO: WavFormat = { sampleRateHz: 24_000, channels: 1 };
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "repartee-wav-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(path: string, format = MONO): WavFileWriter {
  const opened = WavFileWriter.open(path, format);
  if (!opened.ok) throw new Error(opened.failure.detail);
  return opened.value;
}

test("what is written is read back", () => {
  const path = join(folder, "a.wav");
  const writer = open(path);
  const pcm = Float32Array.from({ length: 100_000 }, (_, n) => Math.sin(n / 10));
  for (let offset = 0; offset < pcm.length; offset += 777) writer.append(pcm.subarray(offset, offset + 777));
  expect(existsSync(path)).toBe(false);
  expect(writer.finish()).toEqual({ ok: true, value: { samples: 100_000 } });
  const read = readWav(readFileSync(path));
  if (!read.ok) throw new Error(read.failure.detail);
  expect(read.value).toMatchObject({ sampleRateHz: 24_000, warnings: [] });
  expect(read.value.pcm).toHaveLength(100_000);
  expect(Math.max(...read.value.pcm.map((sample, n) => Math.abs(sample - pcm[n]!)))).toBeLessThan(1 / 16_000);
  expect(readdirSync(folder)).toEqual(["a.wav"]);
});

test("stereo is interleaved, and too loud is clipped", () => {
  const path = join(folder, "s.wav");
  const writer = open(path, { sampleRateHz: 16_000, channels: 2 });
  writer.append(Float32Array.of(2, -2, 0.5, 0));
  expect(writer.finish()).toEqual({ ok: true, value: { samples: 2 } });
  const bytes = readFileSync(path);
  expect(bytes.readUInt16LE(22)).toBe(2);
  expect([44, 46, 48, 50].map((offset) => bytes.readInt16LE(offset))).toEqual([32_767, -32_767, 16_384, 0]);
});

test.each([
  ["a folder that is not there", () => join(folder, "none", "a.wav")],
  ["a folder", () => folder],
  ["a device", () => "/dev/null"],
])("%s is found at the start", (_, path) => {
  const opened = WavFileWriter.open(path(), MONO);
  expect(opened).toMatchObject({ ok: false, failure: { code: "output-unwritable" } });
  expect(readdirSync(folder)).toEqual([]);
});

test("a folder without permission is found at the start", ({ skip }) => {
  skip(process.getuid?.() === 0, "the superuser may write everywhere");
  mkdirSync(join(folder, "locked"));
  chmodSync(join(folder, "locked"), 0o500);
  expect(WavFileWriter.open(join(folder, "locked", "a.wav"), MONO).ok).toBe(false);
});

test("giving up leaves the file that was there before", () => {
  const path = join(folder, "a.wav");
  writeFileSync(path, "before");
  const writer = open(path);
  writer.append(new Float32Array(100_000));
  writer.discard();
  expect(readFileSync(path, "utf8")).toBe("before");
  expect(readdirSync(folder)).toEqual(["a.wav"]);
});

test("a link is followed, not replaced", ({ skip }) => {
  skip(process.platform === "win32", "links need a privilege there");
  writeFileSync(join(folder, "target.wav"), "before");
  symlinkSync(join(folder, "target.wav"), join(folder, "link.wav"));
  open(join(folder, "link.wav")).finish();
  expect(readFileSync(join(folder, "target.wav")).toString("latin1", 0, 4)).toBe("RIFF");
});

test("a full disk is told at the end, and nothing is left behind", ({ skip }) => {
  skip(process.platform !== "linux", "needs a limit on the size of files");
  const script = `
    import { WavFileWriter } from ${JSON.stringify(resolve("src-main/play/wav-file.ts"))};
    process.on("SIGXFSZ", () => undefined);
    const opened = WavFileWriter.open("full.wav", { sampleRateHz: 24000, channels: 1 });
    opened.value.append(new Float32Array(500000));
    console.log(JSON.stringify(opened.value.finish()));`;
  const command = `ulimit -f 200; exec "$0" --input-type=module -e "$1"`;
  const run = spawnSync("bash", ["-c", command, process.execPath, script], { cwd: folder, encoding: "utf8" });
  expect(run.stderr).toBe("");
  expect(JSON.parse(run.stdout)).toMatchObject({ ok: false, failure: { code: "output-unwritable" } });
  expect(readdirSync(folder)).toEqual([]);
});

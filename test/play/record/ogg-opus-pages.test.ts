import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OggOpusPages, packetSamples } from "../../../src-main/play/record/ogg-opus-pages.ts";
import { SavedAudio } from "../../../src-main/play/record/saved-audio.ts";

const HAS_ENCODER = spawnSync("ffmpeg", ["-v", "error", "-encoders"]).stdout?.includes("libopus") ?? false;
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "repartee-ogg-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["CELT, 2.5 ms", [0b10000_0_00], 120],
  ["CELT, 20 ms, stereo", [0b11111_1_00], 960],
  ["hybrid, 10 ms", [0b01100_0_00], 480],
  ["hybrid, 20 ms", [0b01111_0_00], 960],
  ["SILK, 60 ms", [0b01011_0_00], 2880],
  ["two frames of one size", [0b11111_0_01], 1920],
  ["two frames of two sizes", [0b11111_0_10], 1920],
  ["six frames, told in the next byte, padded", [0b11111_0_11, 0b01_000110], 5760],
  ["more than 120 ms", [0b11111_0_11, 7], 0],
  ["no frames", [0b11111_0_11, 0], 0],
  ["a count that is missing", [0b11111_0_11], 0],
  ["nothing", [], 0],
])("samples in a packet: %s", (_name, bytes, samples) => {
  expect(packetSamples(Uint8Array.from(bytes))).toBe(samples);
});

test.skipIf(!HAS_ENCODER).each([
  ["mono, 20 ms", ["-ac", "1", "-b:a", "32k", "-frame_duration", "20"]],
  ["stereo, 60 ms", ["-ac", "2", "-b:a", "64k", "-frame_duration", "60"]],
  ["long packets", ["-ac", "2", "-b:a", "510k", "-vbr", "off", "-frame_duration", "60"]],
  ["2.5 ms", ["-ac", "1", "-b:a", "64k", "-application", "lowdelay", "-frame_duration", "2.5"]],
])("bare packets are saved as a file that decodes to the same sound (%s)", (_name, settings) => {
  const source = join(folder, "source.opus");
  ffmpeg([
    "-f",
    "lavfi",
    "-i",
    "aevalsrc=0.3*sin(2*PI*(200+100*t)*t):d=5:s=48000",
    "-c:a",
    "libopus",
    ...settings,
    source,
  ]);
  const [head, , ...packets] = packetsIn(readFileSync(source));
  const opened = SavedAudio.open(folder, { encoding: "opus-packets" });
  if (!opened.ok) throw new Error(opened.failure.detail);
  opened.value.appendOriginal(new Uint8Array());
  for (const packet of packets) opened.value.appendOriginal(packet);
  const finished = opened.value.finish();
  if (!finished.ok) throw new Error(finished.failure.detail);
  const [saved] = finished.value.files;
  expect(saved).toMatch(/\.opus$/);
  expect(packetsIn(readFileSync(saved!)).slice(2)).toEqual(packets);
  // The source says how much of its beginning and end is not part of the sound; the bare packets do not.
  const [before, after] = [source, saved!].map((path) => ffmpeg(["-i", path, "-f", "s16le", "-"]));
  const skipped = head!.readUInt16LE(10) * 2 * head!.readUInt8(9);
  expect(after!.length).toBeGreaterThanOrEqual(before!.length);
  expect(after!.subarray(skipped, skipped + 400_000)).toEqual(before!.subarray(0, 400_000));
});

test("nothing pushed is no file", () => {
  const pages = new OggOpusPages(1);
  expect(pages.push(new Uint8Array())).toEqual([]);
  expect(pages.push(new Uint8Array(70_000).fill(0b11111_0_00))).toEqual([]);
  expect(pages.finish()).toEqual([]);
});

function ffmpeg(parts: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync("ffmpeg", ["-v", "warning", ...parts], { maxBuffer: 1e8 });
  expect(status, stderr.toString()).toBe(0);
  expect(stderr.toString()).toBe("");
  return stdout;
}

/** The packets of an Ogg file, put together over the pages. */
function packetsIn(file: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  const open: Buffer[] = [];
  for (let at = 0; at < file.length;) {
    expect(file.toString("latin1", at, at + 4)).toBe("OggS");
    const lengths = [...file.subarray(at + 27, at + 27 + file[at + 26]!)];
    at += 27 + lengths.length;
    for (const length of lengths) {
      open.push(file.subarray(at, at + length));
      at += length;
      if (length < 255) packets.push(Buffer.concat(open.splice(0)));
    }
  }
  return packets;
}

import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { createFfmpegStreamDecoder } from "../../../src-main/play/decode/ffmpeg-stream-decoder.ts";
import { chunksOf, chunksOver, decoderOf, decodeStream } from "./decode-stream.ts";
import { chirp, decodedByFfmpeg, encode, encodeToFile, HAS_FFMPEG, RATE_HZ } from "./fixtures.ts";
import { cutRandomly } from "./fuzz-streams.ts";
import { seededRandom } from "./seeded-random.ts";

const SECONDS = 4;
const CONTAINERS: Readonly<Record<string, () => Uint8Array>> = {
  adts: () => encode("aac", chirp(SECONDS)),
  "m4a with its index in front": () => encodeToFile("chirp.m4a", chirp(SECONDS), ["-movflags", "+faststart"]),
  "m4a with its index behind": () => encodeToFile("chirp.m4a", chirp(SECONDS)),
  "m4a in fragments": () => encodeToFile("chirp.m4a", chirp(SECONDS), ["-movflags", "frag_keyframe+empty_moov"]),
};
const NAMES = Object.keys(CONTAINERS);
const STREAMED = NAMES.filter((name) => !name.endsWith("behind"));

function children(): readonly string[] {
  const lines = execFileSync("ps", ["-o", "ppid=,stat=,comm=", "-A"], { encoding: "utf8" }).split("\n");
  return lines.filter((line) => line.trim().startsWith(`${process.pid} `) && line.includes("ffmpeg"));
}

function spoolFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("repartee-play-"));
}

describe.skipIf(!HAS_FFMPEG)("with ffmpeg", () => {
  test.each(NAMES)("%s cut anywhere is the same as in one piece", async (name) => {
    const stream = CONTAINERS[name]!();
    const whole = await decodeStream("aac", [stream]);
    expect(whole).toMatchObject({ decodeErrors: 0, isTruncated: false, sampleRateHz: RATE_HZ });
    expect(whole.pcm.length / RATE_HZ).toBeCloseTo(SECONDS, 0);
    for (let seed = 0; seed < 20; seed++) {
      const { pcm } = await decodeStream("aac", cutRandomly(stream, seededRandom(seed)));
      expect(Buffer.compare(Buffer.from(pcm.buffer), Buffer.from(whole.pcm.buffer)), `seed ${seed}`).toBe(0);
    }
  });

  test("adts byte by byte is the same, and is what ffmpeg decodes", async () => {
    const stream = encode("aac", chirp(0.5));
    const { pcm } = await decodeStream("aac", chunksOf(stream, 1));
    expect(pcm).toEqual(decodedByFfmpeg(stream));
  });

  test.each(STREAMED)("%s gives its first samples before its end", async (name) => {
    const stream = CONTAINERS[name]!();
    const { bytesToFirstSample } = await decodeStream("aac", chunksOver(1, stream, 64));
    expect(bytesToFirstSample).toBeLessThan(0.75 * stream.length);
  });

  test.each(NAMES)("%s with a damaged stretch: what is behind it still comes, and it is counted", async (name) => {
    const stream = CONTAINERS[name]!();
    const whole = await decodeStream("aac", [stream]);
    const random = seededRandom(3);
    const damaged = stream.map((value, at) => (Math.abs(at / stream.length - 0.5) < 0.05 ? random.below(256) : value));
    const { pcm, decodeErrors } = await decodeStream("aac", chunksOf(damaged, 700));
    expect(decodeErrors).toBeGreaterThan(0);
    expect(pcm.length).toBeGreaterThan(0.75 * whole.pcm.length);
    const [end, expectedEnd] = [pcm.slice(-RATE_HZ / 2), whole.pcm.slice(-RATE_HZ / 2)];
    expect(Math.max(...end.map((sample, index) => Math.abs(sample - expectedEnd[index]!)))).toBeLessThan(0.02);
  });

  test.each(STREAMED)("%s that ends early plays what it had and says so", async (name) => {
    const stream = CONTAINERS[name]!();
    const { pcm, isTruncated } = await decodeStream("aac", chunksOf(stream.subarray(0, 0.7 * stream.length), 700));
    expect(isTruncated).toBe(true);
    expect(pcm.length / RATE_HZ).toBeGreaterThan(0.5 * SECONDS);
  });

  test("an m4a that ends before its index has nothing to play, and says so", async () => {
    const stream = CONTAINERS["m4a with its index behind"]!();
    const { pcm, isTruncated, decodeErrors } = await decodeStream("aac", [stream.subarray(0, 0.7 * stream.length)]);
    expect([pcm.length, isTruncated, decodeErrors]).toEqual([0, true, 1]);
  });

  test("two channels are averaged", async () => {
    const stream = encode("aac", chirp(1), ["-af", "pan=stereo|c0=c0|c1=0*c0", "-b:a", "128k"]);
    const interleaved = decodedByFfmpeg(stream);
    const { pcm } = await decodeStream("aac", [stream]);
    expect(pcm).toEqual(pcm.map((_sample, frame) => (interleaved[2 * frame]! + interleaved[2 * frame + 1]!) / 2));
  });

  test.each(NAMES)("%s closed in the middle leaves no process and no file behind", async (name) => {
    const stream = CONTAINERS[name]!();
    const decoder = await decoderOf("aac");
    await decoder.push(stream.subarray(0, stream.length / 2));
    const spooled = spoolFolders();
    expect(children().length + spooled.length).toBeGreaterThan(0);
    await decoder.close();
    await decoder.close();
    expect(children()).toEqual([]);
    expect(spoolFolders()).toEqual([]);
    expect(await decoder.push(stream)).toEqual([]);
    expect(await decoder.finish()).toEqual([]);
  });

  test("tags in front of adts and behind it are no damage", async () => {
    const stream = encode("aac", chirp(1));
    const plain = await decodeStream("aac", [stream]);
    const inFront = Buffer.concat([Buffer.from("ID3\x03\0\0\0\0\x0f\x68", "latin1"), Buffer.alloc(0x7e8, 0xff)]);
    const behind = Buffer.concat([Buffer.from("TAG"), Buffer.alloc(125, 0x20)]);
    const tagged = await decodeStream("aac", chunksOf(Buffer.concat([inFront, stream, behind]), 700));
    expect(tagged).toMatchObject({ decodeErrors: 0, isTruncated: false });
    expect(tagged.pcm).toEqual(plain.pcm);
  });

  test("what ffmpeg cannot read is no samples and an error", async () => {
    const text = Buffer.from("<html><body>404 Not Found</body></html>".repeat(100));
    const { pcm, decodeErrors } = await decodeStream("aac", chunksOf(text, 100));
    expect(pcm.length).toBe(0);
    expect(decodeErrors).toBeGreaterThan(0);
    expect(children()).toEqual([]);
  });

  test("a few bytes or none", async () => {
    expect(await decodeStream("aac", [])).toMatchObject({ decodeErrors: 0, isTruncated: false });
    expect(await decodeStream("aac", [Uint8Array.of(0xff, 0xf1)])).toMatchObject({
      decodeErrors: 1,
      isTruncated: true,
    });
  });
});

test("without ffmpeg on the PATH there is no decoder", async () => {
  expect(await createFfmpegStreamDecoder("/nowhere:")).toMatchObject({
    ok: false,
    failure: { code: "input-unreadable", stage: "play", detail: expect.stringContaining("AAC needs ffmpeg") },
  });
});

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { OggOpusEncoder, type OggOpusOptions } from "../../../src-main/wire/ogg-opus/ogg-opus-encoder.ts";
import { chunksOf, decodeStream } from "../../play/decode/decode-stream.ts";
import { awkwardPieces, likenessNearby, syllables } from "../signals.ts";

/** That of Xiph: ffmpeg's own shifts the sound by fractions of a sample. */
const HAS_DECODER = spawnSync("ffmpeg", ["-v", "error", "-decoders"]).stdout?.includes("libopus") ?? false;
const SIGNAL = syllables(3).subarray(0, 70_001);

async function encoded(options: OggOpusOptions, pcm = SIGNAL): Promise<Buffer> {
  const encoder = await OggOpusEncoder.create(options);
  const pages = [encoder.header, ...[...awkwardPieces(pcm)].map((piece) => encoder.push(piece)), encoder.finish()];
  return Buffer.concat(pages);
}

/** Every page of a stream: flags, granule position, serial, sequence number and body. */
function pagesOf(stream: Buffer) {
  const pages = [];
  for (let at = 0; at < stream.length;) {
    expect(stream.toString("latin1", at, at + 5)).toBe("OggS\0");
    const segments = stream.subarray(at + 27, at + 27 + stream[at + 26]!);
    const bodyAt = at + 27 + segments.length;
    const end = bodyAt + segments.reduce((sum, segment) => sum + segment, 0);
    pages.push({
      flags: stream[at + 5]!,
      granule: Number(stream.readBigUInt64LE(at + 6)),
      serial: stream.readUInt32LE(at + 14),
      sequence: stream.readUInt32LE(at + 18),
      body: stream.subarray(bodyAt, end),
    });
    at = end;
  }
  return pages;
}

/** At the rate of the signal: decoders give out 48 kHz. */
function halved(pcm: Float32Array): Float32Array {
  return Float32Array.from({ length: pcm.length / 2 }, (_, index) => pcm[index * 2]!);
}

test.each<[string, OggOpusOptions]>([
  ["the defaults", {}],
  ["40 ms", { packetMs: 40 }],
  ["a longer pre-skip", { preSkipSamples: 3_840 }],
  ["an odd pre-skip", { preSkipSamples: 1_001, packetMs: 60 }],
])("what went in comes out again, sample by sample: %s", async (_name, options) => {
  const decoded = await decodeStream("ogg-opus", chunksOf(await encoded(options), 313));
  expect(decoded).toMatchObject({ sampleRateHz: 48_000, decodeErrors: 0, isTruncated: false });
  expect(decoded.pcm.length).toBe(SIGNAL.length * 2);
  const pcm = halved(decoded.pcm);
  expect(likenessNearby(SIGNAL, pcm)).toBeGreaterThan(0.95);
});

test.each([8_000, 12_000, 16_000, 48_000] as const)("samples at %d Hz keep their length", async (rateHz) => {
  const decoded = await decodeStream("ogg-opus", [await encoded({ rateHz }, SIGNAL.subarray(0, 12_345))]);
  expect(decoded.pcm.length).toBe((12_345 * 48_000) / rateHz);
});

test("nothing at all is a stream of no samples", async () => {
  const stream = await encoded({}, new Float32Array(0));
  const pages = pagesOf(stream);
  expect(pages.map(({ flags }) => flags)).toEqual([2, 0, 4]);
  expect((await decodeStream("ogg-opus", [stream])).pcm.length).toBe(0);
});

test("pages come as soon as their packet is full, in one stream with the right headers", async () => {
  const encoder = await OggOpusEncoder.create({ serial: 0xfeed_beef });
  const [head, tags] = pagesOf(Buffer.from(encoder.header));
  expect(head?.body.toString("hex")).toMatch(/^4f707573486561640101380180bb0000000000$/);
  expect(tags?.body.toString("latin1")).toBe("OpusTags\u0008\0\0\0repartee\0\0\0\0");
  expect(encoder.push(SIGNAL.subarray(0, 479)).length).toBe(0);
  const first = pagesOf(Buffer.from(encoder.push(SIGNAL.subarray(479, 960))));
  expect(first.map(({ granule, sequence, serial, flags }) => [granule, sequence, serial, flags])).toEqual([
    [960, 2, 0xfeed_beef, 0],
    [1_920, 3, 0xfeed_beef, 0],
  ]);
  const last = pagesOf(Buffer.from(encoder.finish()));
  expect(last.at(-1)).toMatchObject({ flags: 4, granule: 312 + 1_920 });
  expect(encoder.finish().length + encoder.push(SIGNAL).length).toBe(0);
});

test.skipIf(!HAS_DECODER)(
  "ffmpeg finds nothing wrong with it, and all of it (skipped without ffmpeg with libopus)",
  async () => {
    const stream = await encoded({});
    const decode = spawnSync(
      "ffmpeg",
      ["-v", "warning", "-c:a", "libopus", "-i", "-", "-f", "f32le", "-ar", "48000", "-"],
      {
        input: stream,
        maxBuffer: 2 ** 26,
      },
    );
    expect(decode.stderr.toString()).toBe("");
    const { buffer, byteOffset, length } = decode.stdout;
    const pcm = new Float32Array(buffer.slice(byteOffset, byteOffset + length));
    expect(pcm.length).toBe(SIGNAL.length * 2);
    expect(likenessNearby(SIGNAL, halved(pcm))).toBeGreaterThan(0.95);
  },
);

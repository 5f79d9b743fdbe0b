import { describe, expect, test } from "vitest";
import { readWav } from "../../../src-main/capture/wav-reader.ts";
import { chunksOf, decodeStream } from "./decode-stream.ts";
import { cutRandomly } from "./fuzz-streams.ts";
import { seededRandom } from "./seeded-random.ts";

interface WavParts {
  readonly encoding?: number;
  readonly bits?: number;
  readonly channels?: number;
  readonly sampleRateHz?: number;
  readonly data?: Uint8Array;
  readonly dataSize?: number;
  readonly riff?: string;
  readonly riffSize?: number;
  readonly before?: readonly Uint8Array[];
  readonly behind?: readonly Uint8Array[];
  readonly isExtensible?: boolean;
}

const NOISE = Uint8Array.from({ length: 9_600 }, (_, index) => (index * 7_919 + (index >> 3)) & 0xff);

function chunk(id: string, body: Uint8Array, size = body.length): Uint8Array {
  const header = Buffer.alloc(8);
  header.write(id, "latin1");
  header.writeUInt32LE(size, 4);
  return Buffer.concat([header, body, Buffer.alloc(body.length % 2)]);
}

function formatChunk({
  encoding = 1,
  bits = 16,
  channels = 1,
  sampleRateHz = 24_000,
  isExtensible,
}: WavParts): Uint8Array {
  const body = Buffer.alloc(isExtensible ? 40 : 16);
  body.writeUInt16LE(isExtensible ? 0xfffe : encoding, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(sampleRateHz, 4);
  body.writeUInt32LE(((sampleRateHz * channels * bits) / 8) >>> 0, 8);
  body.writeUInt16LE((channels * bits) / 8, 12);
  body.writeUInt16LE(bits, 14);
  if (isExtensible) {
    body.writeUInt16LE(22, 16);
    body.writeUInt16LE(bits, 18);
    body.writeUInt16LE(encoding, 24);
  }
  return chunk("fmt ", body);
}

function wav(parts: WavParts = {}): Uint8Array {
  const { data = NOISE, riff = "RIFF", before = [], behind = [] } = parts;
  const body = Buffer.concat([...before, formatChunk(parts), chunk("data", data, parts.dataSize), ...behind]);
  const header = Buffer.from(`${riff}0000WAVE`, "latin1");
  header.writeUInt32LE(parts.riffSize ?? body.length + 4, 4);
  return Buffer.concat([header, body]);
}

function reference(bytes: Uint8Array): Float32Array {
  const read = readWav(bytes);
  if (!read.ok) throw new Error(read.failure.detail);
  return read.value.pcm;
}

const floats = (size: 4 | 8): Uint8Array => {
  const values = Array.from({ length: 1_200 }, (_, index) => Math.sin(index));
  return new Uint8Array((size === 4 ? Float32Array.from(values) : Float64Array.from(values)).buffer);
};
const LIST = chunk("LIST", Buffer.from("INFOISFT of an odd length"));

describe.each<[string, WavParts]>([
  ["8 bits", { bits: 8 }],
  ["16 bits", {}],
  ["24 bits", { bits: 24 }],
  ["32 bits", { bits: 32 }],
  ["float of 32 bits", { encoding: 3, bits: 32, data: floats(4) }],
  ["float of 64 bits", { encoding: 3, bits: 64, data: floats(8) }],
  ["two channels", { channels: 2 }],
  ["three channels of 8 bits", { channels: 3, bits: 8 }],
  ["five channels of 24 bits", { channels: 5, bits: 24 }],
  ["the extensible format", { bits: 24, isExtensible: true }],
  ["the extensible format with floats", { encoding: 3, bits: 32, isExtensible: true, data: floats(4) }],
  ["an unusual rate", { sampleRateHz: 37_800 }],
  ["other chunks before and behind", { before: [LIST, chunk("junk", NOISE)], behind: [LIST] }],
  ["a size of 0xFFFFFFFF", { dataSize: 0xffff_ffff, riffSize: 0xffff_ffff }],
  ["a size of 0x7FFFFFD3", { dataSize: 0x7fff_ffd3 }],
  ["a size of 0", { dataSize: 0, riffSize: 0 }],
  ["a size of 0 behind a header for nothing", { dataSize: 0, riffSize: 36 }],
])("%s", (_, parts) => {
  test("is what the reader of whole files reads, wherever it is cut", async () => {
    const bytes = wav(parts);
    const expected = reference(bytes);
    const cuts = [[bytes], [...chunksOf(bytes, 1)]];
    for (let seed = 0; seed < 20; seed++) cuts.push([...cutRandomly(bytes, seededRandom(seed))]);
    for (const chunks of cuts) {
      const decoded = await decodeStream("wav", chunks);
      expect(Buffer.compare(Buffer.from(decoded.pcm.buffer), Buffer.from(expected.buffer))).toBe(0);
      expect(decoded).toMatchObject({
        decodeErrors: 0,
        isTruncated: false,
        sampleRateHz: parts.sampleRateHz ?? 24_000,
      });
    }
  });
});

test("the sizes of RF64 are those of its own chunk", async () => {
  const sizes = Buffer.alloc(28);
  sizes.writeBigUInt64LE(BigInt(NOISE.length), 8);
  const parts = {
    riff: "RF64",
    riffSize: 0xffff_ffff,
    dataSize: 0xffff_ffff,
    before: [chunk("ds64", sizes)],
    behind: [LIST],
  };
  const decoded = await decodeStream("wav", chunksOf(wav(parts), 1_000));
  expect(decoded).toMatchObject({ decodeErrors: 0, isTruncated: false });
  expect(decoded.pcm).toEqual(reference(wav()));
});

test("less data than declared is a stream that was cut", async () => {
  const bytes = wav();
  const decoded = await decodeStream("wav", chunksOf(bytes.subarray(0, bytes.length - 1_000), 77));
  expect(decoded).toMatchObject({ decodeErrors: 0, isTruncated: true });
  expect(decoded.pcm.length).toBe((NOISE.length - 1_000) / 2);
});

test("a header without data is a stream that was cut", async () => {
  expect(await decodeStream("wav", [wav().subarray(0, 30)])).toMatchObject({ decodeErrors: 0, isTruncated: true });
});

test("a declared length of nothing is nothing, whatever comes behind", async () => {
  const decoded = await decodeStream("wav", [wav({ data: new Uint8Array(0), behind: [LIST] })]);
  expect(decoded).toMatchObject({ decodeErrors: 0, isTruncated: false });
  expect(decoded.pcm.length).toBe(0);
});

test("a chunk larger than memory is counted and not held", async () => {
  const header = wav({ before: [chunk("junk", new Uint8Array(0), 0xf000_0000)] }).subarray(0, 20);
  const part = new Uint8Array(1 << 20);
  function* stream(): Generator<Uint8Array> {
    yield header;
    for (let count = 0xf00; count > 0; count--) yield part;
    yield wav().subarray(12);
  }
  const before = process.memoryUsage().arrayBuffers;
  const decoded = await decodeStream("wav", stream());
  expect(decoded.pcm).toEqual(reference(wav()));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
});

test("floats that are no numbers become 0 and are counted", async () => {
  const data = new Uint8Array(Float32Array.of(0.5, NaN, NaN, 0.25).buffer);
  const { pcm, decodeErrors } = await decodeStream("wav", [wav({ encoding: 3, bits: 32, data })]);
  expect([[...pcm], decodeErrors]).toEqual([[0.5, 0, 0, 0.25], 1]);
});

test.each<[string, Uint8Array]>([
  ["something else", Buffer.from("RIFF0000AVI and more, which is not a WAV at all")],
  ["a compressed format", wav({ encoding: 17, bits: 4 })],
  ["no channels", wav({ channels: 0 })],
  ["a rate of 0", wav({ sampleRateHz: 0 })],
  ["a rate of 4 GHz", wav({ sampleRateHz: 4_000_000_000 })],
  ["12 bits", wav({ bits: 12 })],
  ["data before the format", Buffer.concat([wav().subarray(0, 12), chunk("data", NOISE)])],
  [
    "a format that is too short",
    Buffer.concat([wav().subarray(0, 12), chunk("fmt ", new Uint8Array(8)), chunk("data", NOISE)]),
  ],
])("%s: no samples and one error", async (_, bytes) => {
  const { pcm, decodeErrors } = await decodeStream("wav", chunksOf(bytes, 5));
  expect([pcm.length, decodeErrors]).toEqual([0, 1]);
});

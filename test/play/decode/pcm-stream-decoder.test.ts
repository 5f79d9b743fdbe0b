import { describe, expect, test } from "vitest";
import { PcmStreamDecoder } from "../../../src-main/play/decode/pcm-stream-decoder.ts";
import { decodeStream } from "./decode-stream.ts";
import { cutRandomly } from "./fuzz-streams.ts";
import { seededRandom } from "./seeded-random.ts";

const STEREO = { sampleRateHz: 16_000, channels: 2 } as const;
const MONO = { sampleRateHz: 16_000, channels: 1 } as const;

/** Each sample with its bytes, little-endian. */
const SAMPLES = {
  s16le: [
    [0x00, 0x80, -1],
    [0xff, 0x7f, 32_767 / 32_768],
    [0x00, 0x40, 0.5],
    [0xff, 0xff, -1 / 32_768],
  ],
  s24le: [
    [0x00, 0x00, 0x80, -1],
    [0xff, 0xff, 0x7f, 8_388_607 / 8_388_608],
    [0x00, 0x00, 0xc0, -0.5],
    [0x01, 0x00, 0x00, 1 / 8_388_608],
  ],
  s32le: [
    [0x00, 0x00, 0x00, 0x80, -1],
    [0x00, 0x00, 0x00, 0x40, 0.5],
    [0x00, 0x01, 0x00, 0x00, 256 / 2_147_483_648],
    [0x00, 0x00, 0x00, 0xe0, -0.25],
  ],
  f32le: [
    [0x00, 0x00, 0x80, 0xbf, -1],
    [0x00, 0x00, 0x00, 0x3f, 0.5],
    [0x00, 0x00, 0x20, 0x40, 2.5],
    [0x00, 0x00, 0x00, 0x80, -0],
  ],
} as const;

describe.each(Object.keys(SAMPLES) as (keyof typeof SAMPLES)[])("%s", (encoding) => {
  const rows = SAMPLES[encoding];
  const bytes = Uint8Array.from(rows.flatMap((row) => row.slice(0, -1)));
  const values = rows.map((row) => row.at(-1)!);

  test("mono samples are what they stand for", async () => {
    const { pcm, sampleRateHz } = await decodeStream(encoding, [bytes], MONO);
    expect([...pcm]).toEqual(values);
    expect(sampleRateHz).toBe(16_000);
  });

  test("the channels of a frame are averaged", async () => {
    const { pcm } = await decodeStream(encoding, [bytes], STEREO);
    const averages = [0, 2].map((index) => (values[index]! + values[index + 1]!) / 2);
    expect([...pcm]).toEqual([...Float32Array.from(averages)]);
  });

  test("stereo cut anywhere, at any address, is the same", async () => {
    const random = seededRandom(5);
    const long = Uint8Array.from({ length: bytes.length * 500 }, (_, at) => bytes[at % bytes.length]!);
    const whole = await decodeStream(encoding, [long], STEREO);
    for (let seed = 0; seed < 20; seed++) {
      const moved = Buffer.alloc(long.length + 1 + random.below(7)).subarray(-long.length);
      moved.set(long);
      const { pcm, isTruncated } = await decodeStream(encoding, cutRandomly(moved, seededRandom(seed)), STEREO);
      expect(Buffer.compare(Buffer.from(pcm.buffer), Buffer.from(whole.pcm.buffer))).toBe(0);
      expect(isTruncated).toBe(false);
    }
  });

  test("a rest of a frame is a stream that was cut", async () => {
    const rest = await decodeStream(encoding, [bytes.subarray(0, -1)], STEREO);
    expect(rest).toMatchObject({ isTruncated: true, decodeErrors: 0 });
    expect(rest.pcm.length).toBe(1);
  });
});

test("floats that are no numbers become 0, and each run of them counts once, also over a cut", async () => {
  const samples = Float32Array.of(0.5, NaN, Infinity, -Infinity, 0.25, NaN, 0.125);
  const bytes = new Uint8Array(samples.buffer);
  for (const cutAt of [0, 1, 9, 10, 12, 20]) {
    const { pcm, decodeErrors } = await decodeStream("f32le", [bytes.subarray(0, cutAt), bytes.subarray(cutAt)], MONO);
    expect([...pcm]).toEqual([0.5, 0, 0, 0, 0.25, 0, 0.125]);
    expect(decodeErrors).toBe(2);
  }
});

test("what was pushed may be overwritten afterwards", async () => {
  const decoder = new PcmStreamDecoder({ samples: "f32le", ...MONO });
  const bytes = new Uint8Array(Float32Array.of(0.5, 0.25).buffer);
  const [piece] = await decoder.push(bytes);
  bytes.fill(0);
  expect([...piece!.pcm]).toEqual([0.5, 0.25]);
});

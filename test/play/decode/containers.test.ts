import { describe, expect, test } from "vitest";
import { FlacFrameReader } from "../../../src-main/play/decode/flac-frame-reader.ts";
import { MpegFrameReader } from "../../../src-main/play/decode/mpeg-frame-reader.ts";
import { oggChecksum, OggPageReader } from "../../../src-main/play/decode/ogg-page-reader.ts";
import { chunksOf, decoderOf, decodeStream } from "./decode-stream.ts";
import { chirp, encode, encodeToFile, HAS_FFMPEG, RATE_HZ } from "./fixtures.ts";

/** Tags as players write them: ID3v2 with a picture's worth of bytes in front, APE and ID3v1 behind. */
const ID3_SIZE = 100_000;
const ID3 = Buffer.concat([
  Uint8Array.of(0x49, 0x44, 0x33, 3, 0, 0, 0, ID3_SIZE >> 14, (ID3_SIZE >> 7) & 127, ID3_SIZE & 127),
  Buffer.alloc(ID3_SIZE, 0xff),
]);
const APE = Buffer.concat([
  Buffer.from("APETAGEX"),
  Uint8Array.of(0xd0, 7, 0, 0, 42, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xa0),
  Buffer.alloc(50),
]);
const ID3_AT_END = Buffer.concat([Buffer.from("TAG"), Buffer.alloc(125, 0x20)]);

function pagesOf(ogg: Uint8Array): readonly Uint8Array[] {
  const starts: number[] = [];
  const bytes = Buffer.from(ogg);
  for (let at = bytes.indexOf("OggS"); at >= 0; at = bytes.indexOf("OggS", at + 1)) starts.push(at);
  return starts.map((start, index) => bytes.subarray(start, starts[index + 1] ?? bytes.length));
}

function isSame(signal: Float32Array, other: Float32Array): boolean {
  return signal.length === other.length && signal.every((sample, index) => sample === other[index]);
}

describe.skipIf(!HAS_FFMPEG)("with streams that ffmpeg made", () => {
  test.each(["ogg-opus", "ogg-vorbis"] as const)(
    "%s: a lost page is one error, and the length is right without it",
    async (encoding) => {
      const pages = pagesOf(encode(encoding, chirp(4)));
      expect(pages.length).toBeGreaterThan(20);
      const whole = await decodeStream(encoding, pages);
      const { pcm, decodeErrors, isTruncated, sampleRateHz } = await decodeStream(encoding, pages.toSpliced(12, 1));
      expect([decodeErrors, isTruncated]).toEqual([1, false]);
      const lostSeconds = (whole.pcm.length - pcm.length) / sampleRateHz;
      expect(lostSeconds).toBeGreaterThan(0.05);
      expect(lostSeconds).toBeLessThan(0.3);
    },
  );

  test.each(["ogg-opus", "ogg-vorbis"] as const)("%s cut between two pages is known to be cut", async (encoding) => {
    const pages = pagesOf(encode(encoding, chirp(2)));
    expect(await decodeStream(encoding, pages.slice(0, -1))).toMatchObject({ isTruncated: true, decodeErrors: 0 });
  });

  test.each(["ogg-opus", "ogg-vorbis"] as const)("%s beside another stream is decoded alone", async (encoding) => {
    const pages = pagesOf(encode(encoding, chirp(2)));
    const others = pagesOf(encode(encoding === "ogg-opus" ? "ogg-vorbis" : "ogg-opus", chirp(2)));
    const mixed = Array.from({ length: Math.max(pages.length, others.length) }, (_, index) => [
      others[index],
      pages[index],
    ]);
    const chunks = mixed.flat().filter((page) => page !== undefined);
    const both = await decodeStream(encoding, chunks);
    const alone = await decodeStream(encoding, pages);
    expect(both).toMatchObject({ decodeErrors: 0, isTruncated: false });
    expect(isSame(both.pcm, alone.pcm)).toBe(true);
  });

  test("an Opus stream with an output gain is louder by it", async () => {
    const [head, ...rest] = pagesOf(encode("ogg-opus", chirp(1)));
    const louder = Buffer.from(head!);
    louder.writeInt16LE(6 * 256, 28 + 16);
    louder.writeUInt32LE(oggChecksum(louder, louder.length), 22);
    const plain = await decodeStream("ogg-opus", [head!, ...rest]);
    const { pcm } = await decodeStream("ogg-opus", [louder, ...rest]);
    const gain = 10 ** (6 / 20);
    expect(
      isSame(
        pcm,
        plain.pcm.map((sample) => sample * gain),
      ),
    ).toBe(true);
  });

  test("Ogg with another codec: no samples and one error", async () => {
    const { pcm, decodeErrors } = await decodeStream("ogg-opus", [encode("ogg-vorbis", chirp(1))]);
    expect([pcm.length, decodeErrors]).toEqual([0, 1]);
  });

  test("mp3 with tags at both ends plays without them, and without errors", async () => {
    const stream = encode("mp3", chirp(2), ["-id3v2_version", "0"]);
    const plain = await decodeStream("mp3", [stream]);
    const tagged = await decodeStream("mp3", chunksOf(Buffer.concat([ID3, stream, APE, ID3_AT_END]), 999));
    expect(tagged).toMatchObject({ decodeErrors: 0, isTruncated: false });
    expect(isSame(tagged.pcm, plain.pcm)).toBe(true);
  });

  test("mp3 that was joined in the middle of a frame starts with the next one", async () => {
    const stream = encode("mp3", chirp(2), ["-write_xing", "0", "-id3v2_version", "0"]);
    const { pcm, decodeErrors } = await decodeStream("mp3", [stream.subarray(1_000)]);
    expect(decodeErrors).toBe(1);
    expect(pcm.length / RATE_HZ).toBeGreaterThan(1.7);
  });

  test.each(["48k", "64k", "160k"])("mp3 frames of %s are found without a byte left over", (bitRate) => {
    for (const rateHz of ["16000", "22050", "44100"]) {
      const stream = encode("mp3", chirp(1), ["-b:a", bitRate, "-ar", rateHz, "-id3v2_version", "0"]);
      const reader = new MpegFrameReader();
      const bytes = [...reader.read(stream), ...reader.end()].reduce((sum, frame) => sum + frame.length, 0);
      expect([bytes, reader.skippedStretches, reader.isTruncated]).toEqual([stream.length, 0, false]);
    }
  });

  test("flac with a tag and a large picture in front plays all the same", async () => {
    const stream = encode("flac", chirp(1));
    const picture = Buffer.concat([Uint8Array.of(6, 0x10, 0, 0), Buffer.alloc(0x10_0000, 0xff)]);
    const withPicture = Buffer.concat([ID3, stream.subarray(0, 42), picture, stream.subarray(42)]);
    const plain = await decodeStream("flac", [stream]);
    const decoded = await decodeStream("flac", chunksOf(withPicture, 5_000));
    expect(decoded).toMatchObject({ decodeErrors: 0, isTruncated: false });
    expect(isSame(decoded.pcm, plain.pcm)).toBe(true);
  });

  test("flac with tags behind it keeps its last frame, and is not taken for cut", async () => {
    const stream = encode("flac", chirp(1));
    const plain = await decodeStream("flac", [stream]);
    for (const tags of [[ID3_AT_END], [APE, ID3_AT_END]]) {
      const tagged = await decodeStream("flac", chunksOf(Buffer.concat([stream, ...tags]), 999));
      expect(tagged).toMatchObject({ decodeErrors: 0, isTruncated: false });
      expect(isSame(tagged.pcm, plain.pcm)).toBe(true);
    }
  });

  test("flac with a wrong byte loses that one frame, and does not wait for more than the next ones", async () => {
    const stream = encode("flac", chirp(3));
    const frames = flacFrames(stream);
    const start = stream.length - frames.reduce((sum, frame) => sum + frame.length, 0);
    frames[3]![1_000]! ^= 1;
    const decoder = await decoderOf("flac");
    const frameCounts: number[] = [];
    for (const chunk of [stream.subarray(0, start), ...frames]) frameCounts.push((await decoder.push(chunk)).length);
    await decoder.close();
    expect(frameCounts.slice(0, 8)).toEqual([0, 0, 1, 1, 1, 0, 1, 1]);
    expect(decoder.decodeErrors).toBe(1);
  });

  test("flac cut between two frames is known to be cut by its declared length", async () => {
    const stream = encodeToFile("chirp.flac", chirp(2));
    const frames = flacFrames(stream);
    const start = stream.length - frames.reduce((sum, frame) => sum + frame.length, 0);
    const chunks = [stream.subarray(0, start), ...frames.slice(0, 5)];
    expect(await decodeStream("flac", chunks)).toMatchObject({ isTruncated: true, decodeErrors: 0 });
    expect(await decodeStream("flac", [stream])).toMatchObject({ isTruncated: false, decodeErrors: 0 });
  });

  test("flac frames that leave rate and sample size to the start of the stream are decoded with them", async () => {
    const stream = encode("flac", chirp(1));
    const frames = flacFrames(stream);
    const start = stream.length - frames.reduce((sum, frame) => sum + frame.length, 0);
    const bare = frames.map((frame) => withoutOwnFormat(frame));
    const plain = await decodeStream("flac", [stream]);
    const decoded = await decodeStream("flac", [stream.subarray(0, start), ...bare]);
    expect(decoded).toMatchObject({ decodeErrors: 0, sampleRateHz: RATE_HZ });
    expect(isSame(decoded.pcm, plain.pcm)).toBe(true);
  });

  test("flac that was joined in the middle of a frame starts with the next one", async () => {
    const stream = encode("flac", chirp(3));
    const { pcm, decodeErrors } = await decodeStream("flac", chunksOf(stream.subarray(20_000), 700));
    expect(decodeErrors).toBe(1);
    expect(pcm.length / RATE_HZ).toBeGreaterThan(1);
  });
});

test("an Ogg page that claims more than there is hides nothing behind it for good", () => {
  const page = (sequence: number, body: Uint8Array): Uint8Array => {
    const bytes = Buffer.alloc(28 + body.length);
    bytes.write("OggS", "latin1");
    bytes.writeUInt32LE(sequence, 18);
    bytes.set([1, body.length], 26);
    bytes.set(body, 28);
    bytes.writeUInt32LE(oggChecksum(bytes, bytes.length), 22);
    return bytes;
  };
  const wrong = Buffer.from(page(1, new Uint8Array(10)));
  wrong[27] = 250;
  const reader = new OggPageReader();
  const early = reader.read(Buffer.concat([page(0, new Uint8Array(20)), wrong, page(2, new Uint8Array(30))]));
  const { pages, isInPage } = reader.end();
  expect([...early, ...pages].map(({ sequenceNumber }) => sequenceNumber)).toEqual([0, 2]);
  expect([reader.skippedStretches, isInPage]).toEqual([1, false]);
});

function flacFrames(stream: Uint8Array): readonly Uint8Array[] {
  const reader = new FlacFrameReader();
  return [...reader.read(stream), ...reader.end()].map((frame) => Uint8Array.from(frame));
}

/** A frame of 24 kHz and 16 bits that says neither. */
function withoutOwnFormat(frame: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(frame);
  changed[2]! &= 0xf0;
  changed[3]! &= 0xf1;
  const sizeCode = changed[2]! >> 4;
  const numberBytes = changed[4]! < 0x80 ? 1 : 2;
  const headerEnd = 4 + numberBytes + (sizeCode === 6 ? 1 : sizeCode === 7 ? 2 : 0);
  changed[headerEnd] = crc(changed.subarray(0, headerEnd), 8, 0x07);
  const footer = crc(changed.subarray(0, -2), 16, 0x8005);
  changed.set([footer >> 8, footer & 0xff], changed.length - 2);
  return changed;
}

function crc(bytes: Uint8Array, bits: 8 | 16, polynomial: number): number {
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (bits - 8);
    for (let bit = 0; bit < 8; bit++) value = ((value << 1) ^ (value >> (bits - 1) ? polynomial : 0)) & (2 ** bits - 1);
  }
  return value;
}

import { describe, expect, test } from "vitest";
import { sniffEncoding } from "../../../src-main/play/decode/sniff-encoding.ts";
import { chirp, encode, encodeToFile, HAS_FFMPEG } from "./fixtures.ts";
import { seededRandom } from "./seeded-random.ts";

/** An ID3v2 tag of `length` bytes in all. */
function tag(length: number): Uint8Array {
  const size = length - 10;
  const header = [0x49, 0x44, 0x33, 4, 0, 0, (size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127];
  return Buffer.concat([Uint8Array.from(header), Buffer.alloc(size, 0x55)]);
}

const MP3_FRAMES = Buffer.concat(
  Array.from({ length: 3 }, () => Buffer.concat([Uint8Array.of(0xff, 0xf3, 0x64, 0xc4), Buffer.alloc(140)])),
);

describe.skipIf(!HAS_FFMPEG)("with streams that ffmpeg made", () => {
  test.each<[string, () => Uint8Array]>([
    ["wav", () => encode("wav", chirp(0.2))],
    ["mp3", () => encode("mp3", chirp(0.2))],
    ["mp3", () => encode("mp3", chirp(0.2), ["-write_xing", "0", "-id3v2_version", "0"])],
    ["mp3", () => encode("mp3", chirp(0.2), ["-c:a", "mp2", "-f", "mp2"])],
    ["ogg-opus", () => encode("ogg-opus", chirp(0.2))],
    ["ogg-vorbis", () => encode("ogg-vorbis", chirp(0.2))],
    ["flac", () => encode("flac", chirp(0.2))],
    ["aac", () => encode("aac", chirp(0.2))],
    ["aac", () => encodeToFile("chirp.m4a", chirp(0.2))],
  ])("%s is told from its first bytes, asking for more until then", (encoding, make) => {
    const stream = make();
    const answers = Array.from({ length: 1_000 }, (_, length) => sniffEncoding(stream.subarray(0, length)));
    const told = answers.findIndex((answer) => answer !== "more");
    expect(told).toBeLessThan(600);
    expect([...new Set(answers.slice(0, told))]).toEqual(["more"]);
    expect([...new Set(answers.slice(told))]).toEqual([encoding]);
  });

  test("FLAC and AAC behind a tag are not taken for MP3", () => {
    expect(sniffEncoding(Buffer.concat([tag(500), encode("flac", chirp(0.1))]))).toBe("flac");
    expect(sniffEncoding(Buffer.concat([tag(500), encode("aac", chirp(0.1))]))).toBe("aac");
  });

  test("what is not told: Ogg with another codec", () => {
    expect(sniffEncoding(encode("flac", chirp(0.1), ["-f", "ogg"]))).toBeUndefined();
  });
});

test("a tag is waited for, up to a limit", () => {
  const stream = Buffer.concat([tag(2_000), MP3_FRAMES]);
  expect(sniffEncoding(stream.subarray(0, 1_999))).toBe("more");
  expect(sniffEncoding(stream)).toBe("mp3");
  expect(sniffEncoding(tag(1_000_000).subarray(0, 100))).toBe("mp3");
});

test("a frame header with something else behind the frame is no MP3", () => {
  expect(sniffEncoding(MP3_FRAMES)).toBe("mp3");
  const lone = Buffer.concat([MP3_FRAMES.subarray(0, 144), Buffer.alloc(200, 0x41)]);
  expect(sniffEncoding(lone)).toBeUndefined();
});

test.each([
  ["nothing", ""],
  ["the start of a word", "RI"],
  ["an unfinished RIFF", "RIFF\u0001\u0002\u0003"],
  ["an unfinished Ogg", "OggS\u0000"],
])("%s: more is needed", (_, text) => {
  expect(sniffEncoding(Buffer.from(text, "latin1"))).toBe("more");
});

test.each([
  ["text", "<html><body>404 Not Found</body></html>"],
  ["another RIFF", "RIFF0000AVI LIST and so on"],
  ["UTF-16 text", "\u00ff\u00feh\u0000e\u0000l\u0000l\u0000o\u0000"],
  ["silence", "\u0000".repeat(40)],
  ["zeros that could have been an MP4", "\u0000\u0000\u0000\u0020moov0000"],
])("%s is none", (_, text) => {
  expect(sniffEncoding(Buffer.from(text, "latin1"))).toBeUndefined();
});

test("random bytes are hardly ever taken for audio, and never end in an error", () => {
  const random = seededRandom(1);
  let taken = 0;
  for (let count = 0; count < 20_000; count++) {
    const answer = sniffEncoding(Uint8Array.from({ length: random.below(2_000) }, () => random.below(256)));
    if (answer !== undefined && answer !== "more") taken++;
  }
  expect(taken).toBeLessThan(20);
});

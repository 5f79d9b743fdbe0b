import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { readWav } from "../../../src-main/capture/wav-reader.ts";
import { STREAM_ENCODINGS, type StreamEncoding } from "../../../src-main/play/decode/stream-decoder.ts";
import { chunksOf, decoderOf, decodeStream } from "./decode-stream.ts";
import {
  chirp,
  decodedByFfmpeg,
  encode,
  encodedChunks,
  encodeToFile,
  HAS_FFMPEG,
  opusPackets,
  RATE_HZ,
} from "./fixtures.ts";
import { cutRandomly } from "./fuzz-streams.ts";
import { seededRandom } from "./seeded-random.ts";

/** AAC runs in a process of its own and has tests of its own. */
const IN_PROCESS = STREAM_ENCODINGS.filter((encoding) => encoding !== "aac");
const IN_ONE_STREAM = IN_PROCESS.filter((encoding) => encoding !== "opus-packets");
const WITH_CHECKS = ["mp3", "ogg-opus", "flac", "ogg-vorbis"] as const;
const SPEECH = "../shared/speech/jfk.wav";

/** ffmpeg's own Opus decoder resamples the speech mode with a delay of its own; the one of the codec's authors is the reference. */
const REFERENCE: Readonly<Partial<Record<StreamEncoding, readonly string[]>>> = { "ogg-opus": ["-c:a", "libopus"] };

/**
 * Least ratio of signal to difference in dB between a decoder and ffmpeg's own. The lossless ones are equal to the sample. ffmpeg's
 * MP3 decoder differs most, up to 50 dB in single frames.
 */
const LEAST_RATIO_DB: Readonly<Partial<Record<StreamEncoding, number>>> = { mp3: 40, "ogg-opus": 60, "ogg-vorbis": 90 };

/** Where two signals differ first; -1 where they are equal to the sample and as long as each other. */
function firstDifference(signal: Float32Array, other: Float32Array): number {
  const common = Math.min(signal.length, other.length);
  for (let index = 0; index < common; index++) if (signal[index] !== other[index]) return index;
  return signal.length === other.length ? -1 : common;
}

function ratioDb(signal: Float32Array, other: Float32Array): number {
  let [sum, difference] = [0, 0];
  for (const [index, sample] of signal.entries()) {
    sum += sample ** 2;
    difference += (sample - (other[index] ?? 0)) ** 2;
  }
  return difference === 0 ? Infinity : 10 * Math.log10(sum / difference);
}

describe.skipIf(!HAS_FFMPEG)("with streams that ffmpeg made", () => {
  test.each(IN_ONE_STREAM)("%s cut anywhere is %s in one piece, to the sample", async (encoding) => {
    const stream = encode(encoding, chirp(4));
    const whole = await decodeStream(encoding, [stream]);
    expect(whole).toMatchObject({ decodeErrors: 0, isTruncated: false });
    expect(whole.pcm.length / whole.sampleRateHz).toBeCloseTo(4, 0);
    for (let seed = 0; seed < 20; seed++) {
      const cut = await decodeStream(encoding, cutRandomly(stream, seededRandom(seed)));
      expect(firstDifference(cut.pcm, whole.pcm), `seed ${seed}`).toBe(-1);
      expect(cut).toMatchObject({ decodeErrors: 0, isTruncated: false });
    }
  });

  test.each(IN_ONE_STREAM)("%s byte by byte is the same", async (encoding) => {
    const stream = encode(encoding, chirp(0.5));
    const whole = await decodeStream(encoding, [stream]);
    const single = await decodeStream(encoding, chunksOf(stream, 1));
    expect(firstDifference(single.pcm, whole.pcm)).toBe(-1);
  });

  test.each(IN_ONE_STREAM.filter((encoding) => !(encoding in LEAST_RATIO_DB)))(
    "%s is what ffmpeg decodes, to the sample",
    async (encoding) => {
      const isBare = encoding !== "wav" && encoding !== "flac";
      const stream = encode(encoding, chirp(3));
      const format = isBare ? ["-f", encoding, "-ar", String(RATE_HZ), "-ac", "1"] : [];
      const { pcm, sampleRateHz } = await decodeStream(encoding, [stream]);
      expect(sampleRateHz).toBe(RATE_HZ);
      expect(firstDifference(pcm, decodedByFfmpeg(stream, format))).toBe(-1);
    },
  );

  test.each(Object.keys(LEAST_RATIO_DB) as (keyof typeof LEAST_RATIO_DB)[])(
    "%s is close to what ffmpeg decodes, and as long",
    async (encoding) => {
      const stream = encode(encoding as "mp3", chirp(3));
      const expected = decodedByFfmpeg(stream, REFERENCE[encoding]);
      const { pcm } = await decodeStream(encoding, [stream]);
      expect(pcm.length).toBe(expected.length);
      expect(ratioDb(expected, pcm)).toBeGreaterThan(LEAST_RATIO_DB[encoding]!);
    },
  );

  test("mp3 whose file declares the padding of the encoder is as long as what was encoded", async () => {
    const { pcm } = await decodeStream("mp3", [encodeToFile("chirp.mp3", chirp(3))]);
    expect(pcm.length).toBe(3 * RATE_HZ);
  });

  test.each([
    ["24 bits", ["-sample_fmt", "s32"]],
    ["two channels at 44.1 kHz", ["-ar", "44100", "-ac", "2"]],
    ["an odd rate in small blocks", ["-ar", "17777", "-frame_size", "512"]],
  ])("flac with %s is what ffmpeg decodes, to the sample", async (_, parameters) => {
    const stream = encode("flac", chirp(2), parameters);
    const interleaved = decodedByFfmpeg(stream);
    const { pcm } = await decodeStream("flac", [stream]);
    const channels = interleaved.length / pcm.length;
    const expected = pcm.map(
      (_sample, frame) => (interleaved[frame * channels]! + interleaved[(frame + 1) * channels - 1]!) / 2,
    );
    expect(firstDifference(pcm, expected)).toBe(-1);
  });

  test.each(["mp3", "ogg-opus", "ogg-vorbis"] as const)("%s with two channels is averaged", async (encoding) => {
    const stream = encode(encoding, chirp(2), ["-af", "pan=stereo|c0=c0|c1=0*c0", "-b:a", "96k"]);
    const interleaved = decodedByFfmpeg(stream, REFERENCE[encoding]);
    const { pcm } = await decodeStream(encoding, [stream]);
    const expected = pcm.map((_sample, frame) => (interleaved[2 * frame]! + interleaved[2 * frame + 1]!) / 2);
    expect(ratioDb(expected, pcm)).toBeGreaterThan(LEAST_RATIO_DB[encoding]! - 10);
  });

  test("opus packets give what the same packets in Ogg give, pre-skip and padding aside", async () => {
    const stream = encode("ogg-opus", chirp(3));
    const { pcm } = await decodeStream("opus-packets", opusPackets(stream), { sampleRateHz: 48_000, channels: 1 });
    const inOgg = await decodeStream("ogg-opus", [stream]);
    const start = pcm.length - inOgg.pcm.length;
    expect(start).toBeGreaterThan(0);
    const skipped = pcm.findIndex(
      (_sample, at) => at >= 300 && ratioDb(inOgg.pcm.subarray(0, 4_000), pcm.subarray(at)) > 90,
    );
    expect(firstDifference(pcm.subarray(skipped, skipped + inOgg.pcm.length), inOgg.pcm)).toBe(-1);
  });

  test.each([24_000, 48_000, 44_100])(
    "opus packets come out at %s Hz, or at 48 kHz where Opus does not have that",
    async (rateHz) => {
      const packets = encodedChunks("opus-packets", chirp(2));
      const { pcm, sampleRateHz } = await decodeStream("opus-packets", packets, { sampleRateHz: rateHz, channels: 1 });
      expect(sampleRateHz).toBe(rateHz === 24_000 ? 24_000 : 48_000);
      expect(pcm.length / sampleRateHz).toBeCloseTo(2, 1);
    },
  );

  test.each(IN_PROCESS)("%s gives its first samples long before its end", async (encoding) => {
    const chunks = encodedChunks(encoding, chirp(4));
    const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const small = encoding === "opus-packets" ? chunks : chunksOf(chunks[0]!, 64);
    const { bytesToFirstSample } = await decodeStream(encoding, small);
    expect(bytesToFirstSample / total).toBeLessThan(0.25);
  });

  test.each(WITH_CHECKS)(
    "%s with a damaged stretch: what is behind it still comes, and it is counted",
    async (encoding) => {
      const stream = encode(encoding, chirp(6));
      const whole = await decodeStream(encoding, [stream]);
      const random = seededRandom(3);
      const damaged = stream.map((value, at) =>
        Math.abs(at / stream.length - 0.5) < 0.05 ? random.below(256) : value,
      );
      const { pcm, decodeErrors } = await decodeStream(encoding, cutRandomly(damaged, random));
      expect(decodeErrors).toBeGreaterThan(0);
      expect(decodeErrors).toBeLessThan(10);
      expect(pcm.length).toBeGreaterThan(0.75 * whole.pcm.length);
      expect(pcm.length).toBeLessThan(1.01 * whole.pcm.length);
      const second = whole.sampleRateHz;
      expect(ratioDb(whole.pcm.slice(-second), pcm.slice(-second))).toBeGreaterThan(30);
    },
  );

  test("a damaged opus packet is skipped and counted, and the next ones come", async () => {
    const packets = encodedChunks("opus-packets", chirp(2));
    // Code 3 with 63 frames: longer than a packet may be.
    const damaged = packets.map((packet, index) =>
      index === 40 || index === 41 ? Uint8Array.of(0x03, 0x3f, 1, 2) : packet,
    );
    const whole = await decodeStream("opus-packets", packets);
    const { pcm, decodeErrors } = await decodeStream("opus-packets", damaged);
    expect(decodeErrors).toBe(1);
    expect(whole.pcm.length - pcm.length).toBe((2 * 20 * RATE_HZ) / 1000);
    expect(ratioDb(whole.pcm.slice(-RATE_HZ / 2), pcm.slice(-RATE_HZ / 2))).toBeGreaterThan(30);
  });

  test.each([...WITH_CHECKS, "wav" as const])("%s that ends early plays what it had and says so", async (encoding) => {
    const stream = encoding === "wav" ? encodeToFile("chirp.wav", chirp(4)) : encode(encoding, chirp(4));
    const whole = await decodeStream(encoding, [stream]);
    const { pcm, isTruncated, decodeErrors } = await decodeStream(encoding, [stream.subarray(0, 0.7 * stream.length)]);
    expect(isTruncated).toBe(true);
    expect(decodeErrors).toBe(0);
    expect(pcm.length).toBeGreaterThan(0.55 * whole.pcm.length);
    expect(ratioDb(pcm, whole.pcm)).toBeGreaterThan(100);
  });

  test("mp3 cut between two frames is known to be cut by the number of frames that it declares", async () => {
    const stream = encodeToFile("chirp.mp3", chirp(4), ["-b:a", "48k", "-write_id3v1", "1"]);
    const frameBytes = 144;
    const start = stream.findIndex((value, at) => value === 0xff && (stream[at + 1]! & 0xe0) === 0xe0);
    const cut = stream.subarray(0, start + 100 * frameBytes);
    expect(await decodeStream("mp3", [cut])).toMatchObject({ isTruncated: true, decodeErrors: 0 });
    expect(await decodeStream("mp3", [stream])).toMatchObject({ isTruncated: false, decodeErrors: 0 });
  });

  test.each(["ogg-opus", "ogg-vorbis", "mp3"] as const)(
    "%s streams one after the other play one after the other",
    async (encoding) => {
      const stream = encode(encoding, chirp(1));
      const one = await decodeStream(encoding, [stream]);
      const two = await decodeStream(encoding, chunksOf(Buffer.concat([stream, stream]), 1_000));
      expect(two).toMatchObject({ decodeErrors: 0, isTruncated: false });
      expect(Math.abs(two.pcm.length - 2 * one.pcm.length)).toBeLessThan(encoding === "mp3" ? 2_000 : 1);
    },
  );

  test.each(IN_PROCESS)("%s decoded side by side does not mix, and nothing is printed", async (encoding) => {
    const print = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const chunks = encodedChunks(encoding, chirp(1)).flatMap((chunk) =>
      encoding === "opus-packets"
        ? [chunk]
        : [
            ...chunksOf(
              chunk.map((value, at) => (at % 4_001 === 4_000 ? 255 - value : value)),
              500,
            ),
          ],
    );
    const [alone, ...others] = await Promise.all(Array.from({ length: 4 }, () => decodeStream(encoding, chunks)));
    for (const other of others) expect(firstDifference(other.pcm, alone!.pcm)).toBe(-1);
    expect(print).not.toHaveBeenCalled();
    expect(Reflect.get(console, "error")).toBe(print);
    print.mockRestore();
  });

  test.each(["mp3", "ogg-opus", "opus-packets", "flac", "ogg-vorbis"] as const)(
    "500 %s decoders in a row do not keep their memory",
    async (encoding) => {
      const chunks = encodedChunks(encoding, chirp(0.2));
      const residentBytes: number[] = [];
      for (let count = 0; count < 500; count++) {
        const decoder = await decoderOf(encoding);
        for (const chunk of chunks) await decoder.push(chunk);
        await decoder.close();
        if (count === 249 || count === 499) residentBytes.push(process.memoryUsage().rss);
      }
      expect(residentBytes[1]! - residentBytes[0]!).toBeLessThan(100_000_000);
    },
  );

  test.skipIf(!existsSync(SPEECH)).each(WITH_CHECKS)(
    "human speech as %s is close to what ffmpeg decodes",
    async (encoding) => {
      const speech = readWav(readFileSync(SPEECH));
      if (!speech.ok) throw new Error(speech.failure.detail);
      const samples = Int16Array.from(speech.value.pcm, (sample) => sample * 32_767);
      const stream = encode(encoding, new Uint8Array(samples.buffer));
      const { pcm } = await decodeStream(encoding, cutRandomly(stream, seededRandom(1)));
      const expected = decodedByFfmpeg(stream, REFERENCE[encoding]);
      expect(pcm.length).toBe(expected.length);
      expect(ratioDb(expected, pcm)).toBeGreaterThan(LEAST_RATIO_DB[encoding] ?? 200);
    },
  );
});

test.each(IN_PROCESS)("%s without a byte: no samples, nothing wrong", async (encoding) => {
  const { pcm, decodeErrors, isTruncated } = await decodeStream(encoding, []);
  expect([pcm.length, decodeErrors, isTruncated]).toEqual([0, 0, false]);
});

test.each(IN_PROCESS)("%s can be closed in the middle and again, and then takes no more", async (encoding) => {
  const decoder = await decoderOf(encoding);
  await decoder.push(new Uint8Array(1_001));
  await decoder.close();
  await decoder.close();
  expect(await decoder.push(new Uint8Array(1_000))).toEqual([]);
  expect(await decoder.finish()).toEqual([]);
});

test.each(["mp3", "ogg-opus", "flac", "ogg-vorbis", "wav"] as const)(
  "%s: text is no samples and one error",
  async (encoding) => {
    const text = Buffer.from("<html><body>404 Not Found: there is no audio here</body></html>".repeat(10));
    const { pcm, decodeErrors } = await decodeStream(encoding, [text]);
    expect([pcm.length, decodeErrors]).toEqual([0, 1]);
  },
);

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { StreamEncoding } from "../../../src-main/play/decode/stream-decoder.ts";
import type { FeedRequest } from "../../../src-main/play/feed/feed-request.ts";
import { AsyncAudioStreamer } from "../../../src-main/play/streamer/async-audio-streamer.ts";
import { parseJitterSpec } from "../../../src-main/play/source/parse-jitter-spec.ts";
import { StreamFeed } from "../../../src-main/play/stream-feed.ts";
import { resampleAll } from "../../../src-main/streaming-resampler.ts";
import { PcmRing } from "../../../src-shared/pcm-ring.ts";
import { wavBytes } from "../../fixtures/wav-bytes.ts";
import { decodeStream } from "../decode/decode-stream.ts";
import { chirp, encode, HAS_FFMPEG } from "../decode/fixtures.ts";
import { seededRandom } from "../decode/seeded-random.ts";
import { serve } from "../source/audio-server.ts";
import { feedThrough } from "./feeding.ts";

const SAMPLES = chirp(1);
/** Usually 20 ms; a busy machine takes longer. */
const SOON_MS = 300;
const ENCODINGS = ["s16le", "s24le", "s32le", "f32le", "wav", "mp3", "ogg-opus", "flac", "ogg-vorbis"] as const;

let feed: StreamFeed;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "repartee-feed-"));
  feed = new StreamFeed();
  await feed.ready;
});

afterAll(async () => {
  await feed.close();
  rmSync(folder, { recursive: true, force: true });
});

function fileOf(name: string, bytes: Uint8Array): FeedRequest["source"] {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { kind: "file", path };
}

/** The stream decoded at once and resampled at once. */
async function wholeOf(encoding: StreamEncoding, bytes: Uint8Array): Promise<Float32Array> {
  const { pcm, sampleRateHz } = await decodeStream(encoding, [bytes]);
  return resampleAll(pcm, sampleRateHz, 24_000);
}

/** A WAV file, with as many samples as if it were at 16 kHz. */
function sineWav(seconds = 1, sampleRateHz = 16_000): Uint8Array {
  const sine = Float32Array.from({ length: 16_000 * seconds }, (_, index) => 0.5 * Math.sin(index / 9));
  return wavBytes(sine, { encoding: "int", bits: 16, channels: 1, sampleRateHz });
}

/** Largest difference; Infinity where the lengths are not the same. */
function difference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((most, sample, index) => Math.max(most, Math.abs(sample - (b[index] as number))), 0);
}

test.skipIf(!HAS_FFMPEG).each(ENCODINGS)(
  "%s comes through as it is decoded at once, however it is cut",
  async (encoding) => {
    const bytes = encode(encoding, SAMPLES, ["-ar", "48000"]);
    const source = fileOf(`cut.${encoding}`, bytes);
    const rawFormat = { sampleRateHz: 48_000, channels: 1 } as const;
    const decoded = await decodeStream(encoding, [bytes], rawFormat);
    const expected = await resampleAll(decoded.pcm, decoded.sampleRateHz, 24_000);
    for (const seed of [0, 1, 2, 3]) {
      const chunkBytes = seed === 0 ? undefined : 1 + seededRandom(seed).below(1_500);
      const request = { source, encoding, rawFormat, ...(chunkBytes ? { chunkBytes } : {}) };
      const { result, pcm, tally } = await feedThrough(feed, request);
      expect(result).toMatchObject({ encoding, failure: undefined, isTruncated: false, samples: expected.length });
      expect(difference(pcm, expected)).toBe(0);
      expect(tally).toMatchObject({ bytesReceived: bytes.length, decodeErrors: 0, chunksAfterEnd: 0 });
      expect(tally.chunksReceived).toBe(Math.ceil(bytes.length / (chunkBytes ?? 65_536)));
      expect(tally.lastByteAtMs).toBeGreaterThanOrEqual(tally.firstByteAtMs ?? Infinity);
    }
  },
);

test("a ring much smaller than the stream holds the source back and loses nothing", async () => {
  const wav = sineWav(4);
  const reading = { capacitySamples: 2_048, readAtOnce: 700 };
  const { result, pcm } = await feedThrough(feed, { source: fileOf("long.wav", wav) }, reading);
  expect(result.failure).toBeUndefined();
  expect(difference(pcm, await wholeOf("wav", wav))).toBe(0);
});

test("a server that sends as it likes is the same stream", async () => {
  const wav = sineWav();
  const host = await serve((_, response) => {
    const random = seededRandom(4);
    const send = (at: number): void => {
      const to = at + 1 + random.below(4_000);
      response.write(wav.subarray(at, to));
      if (to >= wav.length) response.end();
      else setTimeout(send, random.below(4), to);
    };
    response.writeHead(200, { "content-type": "audio/wav" });
    send(0);
  });
  const { pcm, result } = await feedThrough(feed, { source: { kind: "url", url: `http://${host}/a` } });
  expect(result.encoding).toBe("wav");
  expect(difference(pcm, await wholeOf("wav", wav))).toBe(0);
});

test("the first byte counts when it comes, and not when it is known what it belongs to", async () => {
  const wav = sineWav();
  const host = await serve((_, response) => {
    response.writeHead(200, { "content-type": "audio/wav" }).write(wav.subarray(0, 2));
    setTimeout(() => response.end(wav.subarray(2)), 250);
  });
  const { tally } = await feedThrough(feed, { source: { kind: "url", url: `http://${host}/a` } });
  expect(tally.lastByteAtMs! - tally.firstByteAtMs!).toBeGreaterThan(150);
});

test("a simulated network changes when things come, not what", async () => {
  const wav = sineWav();
  const jitter = { spec: parseJitterSpec("rtf:0.3,wifi:20,stall:100@0.5"), seed: 3 };
  const { pcm, tally } = await feedThrough(feed, { source: fileOf("jitter.wav", wav), jitter });
  expect(difference(pcm, await wholeOf("wav", wav))).toBe(0);
  expect(tally.lastByteAtMs! - tally.firstByteAtMs!).toBeGreaterThan(250);
  expect(tally.chunksReceived).toBe(Math.ceil(wav.length / 640));
});

describe("a void feed is soon over", () => {
  async function msToStop(source: FeedRequest["source"], stopsAt: (samples: number) => boolean, jitter?: string) {
    let voidedAtMs = 0;
    const delayed = jitter === undefined ? {} : { jitter: { spec: parseJitterSpec(jitter), seed: 1 } };
    const { result } = await feedThrough(
      feed,
      { source, encoding: "f32le", ...delayed },
      {
        capacitySamples: 4_096,
        readAtOnce: 1_000,
        stopsAt: (samples) => {
          if (voidedAtMs === 0 && stopsAt(samples)) voidedAtMs = performance.now();
          return voidedAtMs > 0;
        },
      },
    );
    expect(result.failure).toBeUndefined();
    return performance.now() - voidedAtMs;
  }

  test("in mid-stream, with a full ring", async () => {
    const source = fileOf("void.f32le", new Uint8Array(4_000_000));
    expect(await msToStop(source, (samples) => samples > 5_000)).toBeLessThan(SOON_MS);
  });

  test("while a simulated network stands still", async () => {
    const source = fileOf("slow.f32le", new Uint8Array(400_000));
    const startedAtMs = performance.now();
    const isTime = (): boolean => performance.now() - startedAtMs > 200;
    expect(await msToStop(source, isTime, "slow-start:60000")).toBeLessThan(SOON_MS);
  });

  test.each(["without an answer", "in mid-stream"])("while a server is silent %s", async (kind) => {
    let asked = 0;
    const host = await serve((_, response) => {
      asked = performance.now();
      if (kind === "in mid-stream")
        response.writeHead(200, { "content-type": "audio/pcm" }).write(new Uint8Array(9_600));
    });
    const isTime = (): boolean => asked > 0 && performance.now() - asked > 150;
    expect(await msToStop({ kind: "url", url: `http://${host}/` }, isTime)).toBeLessThan(SOON_MS);
  });

  test("while an audio streamer has nothing", async () => {
    const streamer = new AsyncAudioStreamer(1);
    streamer.put([new Float32Array(3_000)], [0]);
    const source = { kind: "streamer", streams: streamer.share(), sampleIndex: 0 } as const;
    expect(await msToStop(source, (samples) => samples === 3_000)).toBeLessThan(SOON_MS);
  });
});

describe("an audio streamer", () => {
  test("is heard whole, and what comes after its end is counted", async () => {
    const streamer = new AsyncAudioStreamer(2);
    const samples = Float32Array.from({ length: 30_000 }, (_, index) => Math.sin(index / 7));
    const source = { kind: "streamer", streams: streamer.share(), sampleIndex: 1 } as const;
    for (let at = 0; at < samples.length; at += 1_000) {
      streamer.put([samples.subarray(at, at + 1_000), new Float32Array(10)], [1, 0]);
    }
    streamer.end([1]);
    streamer.put([new Float32Array(10), new Float32Array(10)], [1, 1]);
    const rawFormat = { sampleRateHz: 24_000, channels: 2 } as const;
    const { pcm, result, tally } = await feedThrough(feed, { source, rawFormat });
    expect(result).toMatchObject({ failure: undefined, encoding: "f32le", samples: 30_000 });
    expect(difference(pcm, samples)).toBe(0);
    expect(tally).toMatchObject({ chunksReceived: 30, bytesReceived: 120_000, chunksAfterEnd: 2 });
  });

  test("that says nothing for its timeout is a source that timed out, and what came before is kept", async () => {
    const streamer = new AsyncAudioStreamer(1, { timeoutMs: 150 });
    streamer.put([new Float32Array(480)], [0]);
    const source = { kind: "streamer", streams: streamer.share(), sampleIndex: 0 } as const;
    const { result, pcm } = await feedThrough(feed, { source });
    expect(result.failure).toMatchObject({ code: "source-timeout" });
    expect(pcm).toHaveLength(480);
  });
});

test("an engine's ring is taken as it is, whatever format was asked for", async () => {
  const buffer = PcmRing.allocate(32_768);
  const ring = new PcmRing(buffer);
  ring.setGeneration(1);
  ring.beginWriting(1);
  const samples = Float32Array.from({ length: 10_000 }, (_, index) => Math.sin(index / 5));
  ring.write(samples, 0, samples.length, 1);
  ring.endAt(samples.length);
  const { pcm, result } = await feedThrough(feed, {
    source: { kind: "ring", name: "engine", ring: buffer },
    rawFormat: { sampleRateHz: 8_000, channels: 2 },
  });
  expect(result.failure).toBeUndefined();
  expect(difference(pcm, samples)).toBe(0);
});

describe("what goes wrong is in the result, and what came before is kept", () => {
  const WAV = sineWav();

  test.each([
    ["missing.wav", undefined, "input-missing"],
    ["empty.wav", new Uint8Array(0), "input-empty"],
    ["header.wav", WAV.subarray(0, 44), "input-empty"],
    ["noise.bin", new Uint8Array(5_000).fill(1), "input-unreadable"],
    ["high.wav", sineWav(1, 384_000), "input-unreadable"],
  ] as const)("%s", async (name, bytes, code) => {
    const source = bytes ? fileOf(name, bytes) : ({ kind: "file", path: join(folder, name) } as const);
    const { result, pcm } = await feedThrough(feed, { source });
    expect(result).toMatchObject({ samples: 0, failure: { code }, saved: [] });
    expect(pcm).toHaveLength(0);
  });

  test.skipIf(!HAS_FFMPEG)("a rate that cannot be resampled", async () => {
    const source = fileOf("high.flac", encode("flac", SAMPLES, ["-ar", "384000"]));
    const { result } = await feedThrough(feed, { source });
    const detail = "audio at 384000 Hz is not within 4000 to 192000 Hz";
    expect(result).toMatchObject({ samples: 0, failure: { code: "input-unreadable", detail } });
  });

  test("a stream that ends in the middle", async () => {
    const part = WAV.subarray(0, 20_001);
    const { result, pcm } = await feedThrough(feed, { source: fileOf("part.wav", part) });
    expect(result).toMatchObject({ failure: { code: "source-lost" }, isTruncated: true });
    expect(difference(pcm, await wholeOf("wav", part))).toBe(0);
  });

  test("a server that breaks off", async () => {
    const host = await serve((_, response) => {
      response.writeHead(200, { "content-type": "audio/wav", "content-length": WAV.length });
      response.write(WAV.subarray(0, 16_044), () => setTimeout(() => response.destroy(), 50));
    });
    const { result, pcm } = await feedThrough(feed, { source: { kind: "url", url: `http://${host}/` } });
    expect(result.failure).toMatchObject({ code: "source-lost" });
    expect(difference(pcm, await wholeOf("wav", WAV.subarray(0, 16_044)))).toBe(0);
  });

  test("a simulated network that breaks off, to the byte", async () => {
    const jitter = { spec: parseJitterSpec("rtf:0,error@0.5"), seed: 1 };
    const request = { source: fileOf("raw.s16le", WAV.subarray(44)), encoding: "s16le", jitter } as const;
    const { result, pcm } = await feedThrough(feed, request);
    expect(result.failure).toMatchObject({ code: "source-lost" });
    expect(pcm).toHaveLength(12_000);
  });
});

describe("saving", () => {
  const place = (): string => {
    const path = mkdtempSync(join(tmpdir(), "repartee-saved-"));
    onTestFinished(() => rmSync(path, { recursive: true, force: true }));
    return path;
  };

  test.skipIf(!HAS_FFMPEG)("keeps the samples and the original bytes", async () => {
    const mp3 = encode("mp3", SAMPLES);
    const save = { folder: place() };
    const { result, pcm } = await feedThrough(feed, { source: fileOf("a.mp3", mp3), save, chunkBytes: 77 });
    expect(result.saved).toHaveLength(2);
    const [wav = "", original = ""] = result.saved;
    expect(readFileSync(original)).toEqual(Buffer.from(mp3));
    expect(statSync(wav).size).toBe(44 + 2 * pcm.length);
    expect(readdirSync(save.folder, { recursive: true })).toHaveLength(4);
  });

  test("that cannot be is told, and the stream is played", async () => {
    const blocked = fileOf("a-file", new Uint8Array(1));
    const save = { folder: join((blocked as { path: string }).path, "below") };
    const { result } = await feedThrough(feed, { source: fileOf("b.wav", sineWav()), save });
    expect(result).toMatchObject({
      samples: 24_000,
      failure: undefined,
      saved: [],
      saveFailure: { code: "output-unwritable" },
    });
  });
});

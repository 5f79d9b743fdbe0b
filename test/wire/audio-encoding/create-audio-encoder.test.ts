import { expect, test } from "vitest";
import { AUDIO_ENCODINGS, type AudioEncoding } from "../../../src-main/wire/audio-encoding/audio-encoder.ts";
import { createAudioEncoder } from "../../../src-main/wire/audio-encoding/create-audio-encoder.ts";
import type { StreamEncoding } from "../../../src-main/play/decode/stream-decoder.ts";
import { chunksOf, decodeStream } from "../../play/decode/decode-stream.ts";
import { awkwardPieces, likenessNearby, SIGNAL_RATE_HZ, syllables } from "../signals.ts";

const SIGNAL = syllables(3).subarray(0, 60_001);
const STREAM_ENCODINGS: Readonly<Record<AudioEncoding, StreamEncoding>> = {
  pcm: "s16le",
  wav: "wav",
  mp3: "mp3",
  flac: "flac",
  opus: "ogg-opus",
};
/** How LAME shifts what it encodes, in samples. */
const MP3_DELAY_SAMPLES = 1_105;

async function encoded(encoding: AudioEncoding, pcm: Float32Array): Promise<Uint8Array[]> {
  const encoder = await createAudioEncoder(encoding, SIGNAL_RATE_HZ);
  const pieces = [...awkwardPieces(pcm)].map((piece) => encoder.push(piece));
  return [...pieces, encoder.finish()];
}

test.each(AUDIO_ENCODINGS)("%s decodes to what went in", async (encoding) => {
  const bytes = Buffer.concat(await encoded(encoding, SIGNAL));
  const decoded = await decodeStream(STREAM_ENCODINGS[encoding], chunksOf(bytes, 777));
  expect(decoded.decodeErrors).toBe(0);
  expect(decoded.isTruncated).toBe(false);
  const step = decoded.sampleRateHz / SIGNAL_RATE_HZ;
  const delaySamples = encoding === "mp3" ? MP3_DELAY_SAMPLES : 0;
  const pcm = Float32Array.from(
    { length: Math.floor(decoded.pcm.length / step) - delaySamples },
    (_, index) => decoded.pcm[(index + delaySamples) * step]!,
  );
  expect(pcm.length - SIGNAL.length).toBeLessThan(encoding === "mp3" ? 1_152 : 1);
  expect(pcm.length).toBeGreaterThanOrEqual(SIGNAL.length);
  expect(likenessNearby(SIGNAL, pcm)).toBeGreaterThan(encoding === "opus" ? 0.95 : 0.999);
});

test.each([
  ["pcm", 10],
  ["wav", 10],
  ["mp3", 100],
  ["flac", 100],
  ["opus", 30],
] as const)("%s comes out while samples go in", async (encoding, latencyMs) => {
  const encoder = await createAudioEncoder(encoding, SIGNAL_RATE_HZ);
  const bytes: Uint8Array[] = [];
  for (let at = 0; at < SIGNAL_RATE_HZ; at += 240) bytes.push(encoder.push(SIGNAL.subarray(at, at + 240)));
  encoder.close();
  encoder.close();
  expect(encoder.finish().length).toBe(0);
  const decoded = await decodeStream(STREAM_ENCODINGS[encoding], bytes);
  const decodedMs = (decoded.pcm.length * 1_000) / decoded.sampleRateHz;
  expect(decodedMs).toBeGreaterThan(1_000 - latencyMs);
});

test.each(AUDIO_ENCODINGS)("%s of nothing is a stream that ends well", async (encoding) => {
  const bytes = Buffer.concat(await encoded(encoding, new Float32Array(0)));
  const decoded = await decodeStream(STREAM_ENCODINGS[encoding], [bytes]);
  expect(decoded.decodeErrors).toBe(0);
  expect(decoded.pcm.length).toBeLessThan(2_400);
});

test.each(AUDIO_ENCODINGS)("%s clips what is too loud and takes what is no number for silence", async (encoding) => {
  const wild = Float32Array.from({ length: 24_000 }, (_, index) => [1.5, -7, Number.NaN, Infinity][index % 4]!);
  const decoded = await decodeStream(STREAM_ENCODINGS[encoding], await encoded(encoding, wild));
  expect(decoded.pcm.every((sample) => Math.abs(sample) < 2)).toBe(true);
  expect(decoded.decodeErrors).toBe(0);
});

test.each(AUDIO_ENCODINGS)("twenty streams of %s at once do not mix, and are freed", async (encoding) => {
  for (let round = 0; round < 2; round++) {
    const encoders = await Promise.all(Array.from({ length: 20 }, () => createAudioEncoder(encoding, SIGNAL_RATE_HZ)));
    const streams = encoders.map((): Uint8Array[] => []);
    for (const piece of chunksOfSamples(SIGNAL.subarray(0, 4_800)))
      for (const [index, encoder] of encoders.entries()) streams[index]!.push(encoder.push(piece));
    for (const [index, encoder] of encoders.entries()) streams[index]!.push(encoder.finish());
    const [first, ...others] = streams.map((stream) => Buffer.concat(stream));
    for (const other of others) expect(other.equals(first!)).toBe(true);
  }
});

function* chunksOfSamples(pcm: Float32Array): Generator<Float32Array> {
  for (let at = 0; at < pcm.length; at += 600) yield pcm.subarray(at, at + 600);
}

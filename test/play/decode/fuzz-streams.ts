import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createStreamDecoder } from "../../../src-main/play/decode/create-stream-decoder.ts";
import { oggChecksum } from "../../../src-main/play/decode/ogg-page-reader.ts";
import type { StreamEncoding } from "../../../src-main/play/decode/stream-decoder.ts";
import { chirp, encodedChunks } from "./fixtures.ts";
import { seededRandom, type Random } from "./seeded-random.ts";

/** What a fuzz run found. */
export interface FuzzResult {
  /** Streams for which a decoder threw, rejected, or gave a sample that is not finite. The messages of the first ten are kept. */
  readonly crashes: number;
  readonly messages: readonly string[];
  /** The longest that one stream took, from its first byte to the closed decoder. */
  readonly slowestMs: number;
  /** Growth of the JavaScript heap and of the memory outside it from the tenth part of the run to its end, each after a collection. */
  readonly heapGrowthBytes: number;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const RAW_FORMAT = { sampleRateHz: 24_000, channels: 1 } as const;
const MAX_RANDOM_BYTES = 20_000;

/**
 * Gives streams of bytes to a decoder of `encoding`, in chunks of random sizes: random bytes, random bytes behind the start of a valid stream,
 * and valid streams with bytes changed, cut out, put in or repeated; Ogg also with checksums that are right again, so that the damage reaches
 * the codec. `valid`: one valid stream, as chunks (one packet each for `opus-packets`); made with ffmpeg where not given.
 */
export async function fuzzDecoder(
  encoding: StreamEncoding,
  streams: number,
  seed: number,
  valid: readonly Uint8Array[] = encodedChunks(encoding, chirp(1)),
): Promise<FuzzResult> {
  const random = seededRandom(seed);
  const messages: string[] = [];
  let [crashes, slowestMs, startBytes] = [0, 0, 0];
  for (let stream = 0; stream < streams; stream++) {
    if (stream === Math.floor(streams / 10)) startBytes = await usedBytes();
    const chunks = fuzzedChunks(encoding, valid, random);
    const startedAtMs = performance.now();
    try {
      await decodeToEnd(encoding, chunks);
    } catch (error) {
      crashes++;
      if (messages.length < 10) messages.push(`stream ${stream}: ${String(error)}`);
    }
    slowestMs = Math.max(slowestMs, performance.now() - startedAtMs);
  }
  return { crashes, messages, slowestMs, heapGrowthBytes: (await usedBytes()) - startBytes };
}

async function decodeToEnd(encoding: StreamEncoding, chunks: readonly Uint8Array[]): Promise<void> {
  const created = await createStreamDecoder(encoding, RAW_FORMAT);
  if (!created.ok) throw new Error(created.failure.detail);
  const decoder = created.value;
  try {
    for (const chunk of chunks) checkPieces(await decoder.push(chunk));
    checkPieces(await decoder.finish());
  } finally {
    await decoder.close();
  }
}

function checkPieces(pieces: readonly { readonly pcm: Float32Array; readonly sampleRateHz: number }[]): void {
  for (const { pcm, sampleRateHz } of pieces) {
    if (!(sampleRateHz > 0)) throw new Error(`a rate of ${sampleRateHz} Hz`);
    if (pcm.some((sample) => !Number.isFinite(sample))) throw new Error("a sample that is not finite");
  }
}

/** What is in use after collections; memory of WebAssembly is only given back a moment later, once the event loop has turned. */
async function usedBytes(): Promise<number> {
  let leastBytes = Infinity;
  for (let round = 0; round < 8; round++) {
    collectGarbage();
    await setTimeout(20);
    const { heapUsed, external } = process.memoryUsage();
    leastBytes = Math.min(leastBytes, heapUsed + external);
  }
  return leastBytes;
}

function fuzzedChunks(encoding: StreamEncoding, valid: readonly Uint8Array[], random: Random): readonly Uint8Array[] {
  if (encoding === "opus-packets") {
    return valid.map((packet) => (random.chance(0.3) ? randomBytes(random, 300) : mutated(packet, random)));
  }
  const stream = Buffer.concat(valid);
  const kind = random.below(4);
  if (kind === 0) return cutRandomly(randomBytes(random, MAX_RANDOM_BYTES), random);
  if (kind === 1) {
    const start = stream.subarray(0, random.below(Math.min(stream.length, 4_000)));
    return cutRandomly(Buffer.concat([start, randomBytes(random, MAX_RANDOM_BYTES)]), random);
  }
  const changed = mutated(stream, random);
  return cutRandomly(kind === 3 && encoding.startsWith("ogg") ? withRightChecksums(changed) : changed, random);
}

function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  let changed: Uint8Array = Uint8Array.from(bytes);
  for (let count = 1 + random.below(8); count > 0; count--) {
    const at = random.below(changed.length);
    const length = 1 + random.below(Math.min(200, changed.length - at));
    const kind = random.below(5);
    if (kind === 0) changed[at] = random.below(256);
    else if (kind === 1) changed.set(randomBytes(random, length).subarray(0, changed.length - at), at);
    else if (kind === 2) changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + length)]);
    else if (kind === 3)
      changed = Buffer.concat([changed.subarray(0, at), randomBytes(random, length), changed.subarray(at)]);
    else changed = Buffer.concat([changed.subarray(0, at + length), changed.subarray(at)]);
    if (changed.length === 0) return randomBytes(random, 100);
  }
  return changed;
}

/** Puts the right checksum into everything that looks like an Ogg page. */
function withRightChecksums(bytes: Uint8Array): Uint8Array {
  const mended = Buffer.from(bytes);
  for (let at = mended.indexOf("OggS"); at >= 0; at = mended.indexOf("OggS", at + 1)) {
    const bodyAt = at + 27 + (mended[at + 26] ?? 0);
    if (bodyAt > mended.length) break;
    const length = bodyAt - at + mended.subarray(at + 27, bodyAt).reduce((sum, size) => sum + size, 0);
    const page = mended.subarray(at, at + length);
    if (page.length === length) mended.writeUInt32LE(oggChecksum(page, length), at + 22);
  }
  return mended;
}

/** Cuts bytes into chunks of 1 byte to 64 KiB, small ones as likely as large ones. */
export function cutRandomly(bytes: Uint8Array, random: Random): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = 1 + random.below(2 ** random.below(17));
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

function randomBytes(random: Random, maxLength: number): Uint8Array {
  return Uint8Array.from({ length: 1 + random.below(maxLength) }, () => random.below(256));
}

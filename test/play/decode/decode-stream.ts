import { setTimeout as delay } from "node:timers/promises";
import { concatenate } from "../../../src-main/streaming-resampler.ts";
import { createStreamDecoder } from "../../../src-main/play/decode/create-stream-decoder.ts";
import type {
  DecodedPiece,
  RawFormat,
  StreamDecoder,
  StreamEncoding,
} from "../../../src-main/play/decode/stream-decoder.ts";

/** All that a decoder made of a stream. */
export interface DecodedStream {
  readonly pcm: Float32Array;
  /** Rate of the last piece; 0 where none came. */
  readonly sampleRateHz: number;
  /** Bytes pushed when the first samples came out; Infinity where none came before the end. */
  readonly bytesToFirstSample: number;
  /** Time from the first push to the first samples; Infinity where none came at all. */
  readonly msToFirstSample: number;
  readonly decodeErrors: number;
  readonly isTruncated: boolean;
}

const RAW_FORMAT: RawFormat = { sampleRateHz: 24_000, channels: 1 };

/** Makes a decoder, or throws where there is none. */
export async function decoderOf(encoding: StreamEncoding, rawFormat = RAW_FORMAT): Promise<StreamDecoder> {
  const created = await createStreamDecoder(encoding, rawFormat);
  if (!created.ok) throw new Error(created.failure.detail);
  return created.value;
}

/** Decodes a stream that comes in these chunks, up to its end. */
export async function decodeStream(
  encoding: StreamEncoding,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  rawFormat = RAW_FORMAT,
): Promise<DecodedStream> {
  const decoder = await decoderOf(encoding, rawFormat);
  const parts: Float32Array[] = [];
  let [bytes, sampleRateHz, bytesToFirstSample, msToFirstSample] = [0, 0, Infinity, Infinity];
  const startedAtMs = performance.now();
  const take = (pieces: readonly DecodedPiece[]): void => {
    if (pieces.length > 0 && parts.length === 0) msToFirstSample = performance.now() - startedAtMs;
    for (const piece of pieces) parts.push(piece.pcm);
    sampleRateHz = pieces.at(-1)?.sampleRateHz ?? sampleRateHz;
  };
  for await (const chunk of chunks) {
    take(await decoder.push(chunk));
    bytes += chunk.length;
    if (parts.length > 0) bytesToFirstSample = Math.min(bytesToFirstSample, bytes);
  }
  take(await decoder.finish());
  const { decodeErrors, isTruncated } = decoder;
  await decoder.close();
  return { pcm: concatenate(parts), sampleRateHz, bytesToFirstSample, msToFirstSample, decodeErrors, isTruncated };
}

/** Chunks of the same size. */
export function* chunksOf(bytes: Uint8Array, chunkBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

/** Chunks of the same size that come over `seconds`, as from a live source. */
export async function* chunksOver(seconds: number, bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  const startedAtMs = performance.now();
  let taken = 0;
  for (const chunk of chunksOf(bytes, chunkBytes)) {
    yield chunk;
    taken += chunk.length;
    await delay(Math.max(0, startedAtMs + (taken / bytes.length) * seconds * 1_000 - performance.now()));
  }
}

import { concatenate } from "../../../src-main/streaming-resampler.ts";
import { createStreamDecoder } from "../../../src-main/play/decode/create-stream-decoder.ts";
import type { RawFormat, StreamDecoder, StreamEncoding } from "../../../src-main/play/decode/stream-decoder.ts";

/** All that a decoder made of a stream. */
export interface DecodedStream {
  readonly pcm: Float32Array;
  /** Rate of the last piece; 0 where none came. */
  readonly sampleRateHz: number;
  /** Bytes pushed when the first samples came out, and how long that took from the first push on; Infinity where none came before the end. */
  readonly bytesToFirstSample: number;
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
  chunks: Iterable<Uint8Array>,
  rawFormat = RAW_FORMAT,
): Promise<DecodedStream> {
  const decoder = await decoderOf(encoding, rawFormat);
  const parts: Float32Array[] = [];
  let [bytes, sampleRateHz, bytesToFirstSample, msToFirstSample] = [0, 0, Infinity, Infinity];
  const startedAtMs = performance.now();
  for (const chunk of chunks) {
    const pieces = await decoder.push(chunk);
    bytes += chunk.length;
    if (pieces.length > 0 && parts.length === 0) {
      bytesToFirstSample = bytes;
      msToFirstSample = performance.now() - startedAtMs;
    }
    for (const piece of pieces) parts.push(piece.pcm);
    sampleRateHz = pieces.at(-1)?.sampleRateHz ?? sampleRateHz;
  }
  for (const piece of await decoder.finish()) {
    parts.push(piece.pcm);
    sampleRateHz = piece.sampleRateHz;
  }
  const { decodeErrors, isTruncated } = decoder;
  await decoder.close();
  return { pcm: concatenate(parts), sampleRateHz, bytesToFirstSample, msToFirstSample, decodeErrors, isTruncated };
}

/** Chunks of the same size. */
export function* chunksOf(bytes: Uint8Array, chunkBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

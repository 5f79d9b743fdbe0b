import { setImmediate as nextTurn } from "node:timers/promises";
import { RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { failure, FailureError } from "../../src-shared/failure.ts";
import { createStreamDecoder } from "../play/decode/create-stream-decoder.ts";
import { sniffEncoding } from "../play/decode/sniff-encoding.ts";
import type { DecodedPiece, StreamDecoder } from "../play/decode/stream-decoder.ts";
import { StreamingResampler } from "../streaming-resampler.ts";

/** Bytes that are decoded in one go. */
const LEAST_BYTES = 64;
const MOST_BYTES = 1_024;
/** Other sessions are not held up for longer than about this: silence may be packed a thousandfold. */
const MOST_MS = 10;
/** Of encodings that do not carry it themselves; those are never told from bytes. */
const NO_FORMAT = { sampleRateHz: 24_000, channels: 1 } as const;

/**
 * Decodes a recording of any format that can be told by its content, to mono samples at RECOGNITION_RATE_HZ in [-1, 1], a little at a time.
 * What is damaged is left out. Throws a FailureError: input-empty without any sound, input-unreadable for another format or more than
 * `mostSeconds` of sound.
 */
export async function* decodeRecording(bytes: Uint8Array, mostSeconds: number): AsyncGenerator<Float32Array> {
  let left = mostSeconds * RECOGNITION_RATE_HZ;
  let isEmpty = true;
  for await (const pcm of resampled(decoded(await decoderFor(bytes), bytes))) {
    left -= pcm.length;
    if (left < 0) throw problem("input-unreadable", `the recording is longer than ${mostSeconds} s`);
    isEmpty = false;
    yield pcm;
  }
  if (isEmpty) throw problem("input-empty", "it holds no audio");
}

async function decoderFor(bytes: Uint8Array): Promise<StreamDecoder> {
  if (bytes.length === 0) throw problem("input-empty", "there are no bytes");
  const encoding = sniffEncoding(bytes);
  if (encoding === undefined || encoding === "more")
    throw problem("input-unreadable", "this is not audio of a format that can be read");
  const created = await createStreamDecoder(encoding, NO_FORMAT);
  if (!created.ok) throw new FailureError(created.failure);
  return created.value;
}

async function* decoded(decoder: StreamDecoder, bytes: Uint8Array): AsyncGenerator<DecodedPiece> {
  let count = LEAST_BYTES;
  try {
    for (let start = 0; start < bytes.length;) {
      const end = start + count;
      const startedAtMs = performance.now();
      const pieces = await decoder.push(bytes.subarray(start, end));
      const isSlow = performance.now() - startedAtMs > MOST_MS;
      count = isSlow ? Math.max(LEAST_BYTES, count / 2) : Math.min(MOST_BYTES, 2 * count);
      start = end;
      yield* pieces;
      await nextTurn();
    }
    yield* await decoder.finish();
    if (decoder.failure) throw new FailureError(decoder.failure);
  } finally {
    await decoder.close();
  }
}

/** The same sound at RECOGNITION_RATE_HZ, whatever the rates it comes at. No piece is empty. */
async function* resampled(pieces: AsyncIterable<DecodedPiece>): AsyncGenerator<Float32Array> {
  let resampler: StreamingResampler | undefined;
  let fromHz = 0;
  let rest: Float32Array | undefined;
  try {
    for await (const { pcm, sampleRateHz } of pieces) {
      if (sampleRateHz !== fromHz) {
        if (resampler) yield* some(resampler.finish());
        resampler = await StreamingResampler.create(sampleRateHz, RECOGNITION_RATE_HZ);
        fromHz = sampleRateHz;
      }
      if (resampler) yield* some(resampler.process(pcm));
    }
  } finally {
    rest = resampler?.finish();
  }
  if (rest) yield* some(rest);
}

function some(pcm: Float32Array): readonly Float32Array[] {
  return pcm.length > 0 ? [pcm] : [];
}

function problem(code: "input-empty" | "input-unreadable", detail: string): FailureError {
  return new FailureError(failure(code, "wire", detail));
}

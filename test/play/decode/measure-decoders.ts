import { STREAM_ENCODINGS, type StreamEncoding } from "../../../src-main/play/decode/stream-decoder.ts";
import { chunksOf, chunksOver, decoderOf, decodeStream } from "./decode-stream.ts";
import { chirp, encodedChunks } from "./fixtures.ts";

/** How soon and how fast one encoding is decoded, 24 kHz mono. */
export interface DecoderFigures {
  readonly encoding: StreamEncoding;
  /** Bytes of the stream that are needed for the first samples, pushed one by one; AAC, whose decoder is a process that starts, as fast as it plays. */
  readonly bytesToFirstSample: number;
  /** Time from the first push to the first samples, with all bytes there at once in chunks of 1 KiB; the decoder itself was made before. */
  readonly msToFirstSample: number;
  /** Seconds of audio decoded in one second, in chunks of 8 KiB. */
  readonly timesRealTime: number;
}

const CLIP_SECONDS = 2;

/** Measures one encoding over `seconds` of audio; the fastest of three runs counts. Needs ffmpeg for the compressed ones. */
export async function measureDecoder(encoding: StreamEncoding, seconds = 120): Promise<DecoderFigures> {
  const clip = encodedChunks(encoding, chirp(CLIP_SECONDS));
  const long = encodedChunks(encoding, chirp(seconds));
  const cut = (chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] =>
    encoding === "opus-packets" ? chunks : chunks.flatMap((chunk) => [...chunksOf(chunk, bytes)]);
  const slowly = encoding === "aac" ? chunksOver(CLIP_SECONDS, clip[0] as Uint8Array, 64) : cut(clip, 1);
  const { bytesToFirstSample } = await decodeStream(encoding, slowly);
  const longChunks = cut(long, 8_192);
  let [msToFirstSample, timesRealTime] = [Infinity, 0];
  for (let run = 0; run < 3; run++) {
    const first = await decodeStream(encoding, cut(clip, 1_024));
    msToFirstSample = Math.min(msToFirstSample, first.msToFirstSample);
    const startedAtMs = performance.now();
    const decoder = await decoderOf(encoding);
    for (const chunk of longChunks) await decoder.push(chunk);
    await decoder.finish();
    timesRealTime = Math.max(timesRealTime, (seconds * 1000) / (performance.now() - startedAtMs));
  }
  return { encoding, bytesToFirstSample, msToFirstSample, timesRealTime };
}

/** Measures all encodings, in their order. */
export async function measureDecoders(seconds?: number): Promise<readonly DecoderFigures[]> {
  const figures: DecoderFigures[] = [];
  for (const encoding of STREAM_ENCODINGS) figures.push(await measureDecoder(encoding, seconds));
  return figures;
}

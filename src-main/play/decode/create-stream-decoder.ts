import { failed, succeeded, type Outcome } from "../../../src-shared/failure.ts";
import { createFfmpegStreamDecoder } from "./ffmpeg-stream-decoder.ts";
import { createFlacStreamDecoder } from "./flac-stream-decoder.ts";
import { createMp3StreamDecoder } from "./mp3-stream-decoder.ts";
import { createOggOpusStreamDecoder } from "./ogg-opus-stream-decoder.ts";
import { createOggVorbisStreamDecoder } from "./ogg-vorbis-stream-decoder.ts";
import { createOpusPacketsStreamDecoder } from "./opus-packets-stream-decoder.ts";
import { PcmStreamDecoder } from "./pcm-stream-decoder.ts";
import type { RawFormat, StreamDecoder, StreamEncoding } from "./stream-decoder.ts";
import { WavStreamDecoder } from "./wav-stream-decoder.ts";

/**
 * Makes a decoder, ready for the first bytes. `rawFormat` counts for the PCM encodings and for `opus-packets` only. Code: input-unreadable,
 * where the decoder cannot be loaded (for AAC: no ffmpeg).
 */
export async function createStreamDecoder(
  encoding: StreamEncoding,
  rawFormat: RawFormat,
): Promise<Outcome<StreamDecoder>> {
  if (encoding === "aac") return createFfmpegStreamDecoder();
  try {
    return succeeded(await create(encoding, rawFormat));
  } catch (error) {
    return failed("input-unreadable", "play", `no decoder for ${encoding}: ${(error as Error).message}`);
  }
}

async function create(encoding: Exclude<StreamEncoding, "aac">, rawFormat: RawFormat): Promise<StreamDecoder> {
  switch (encoding) {
    case "s16le":
    case "s24le":
    case "s32le":
    case "f32le":
      return new PcmStreamDecoder({ samples: encoding, ...rawFormat });
    case "wav":
      return new WavStreamDecoder();
    case "mp3":
      return createMp3StreamDecoder();
    case "ogg-opus":
      return createOggOpusStreamDecoder();
    case "opus-packets":
      return createOpusPacketsStreamDecoder(rawFormat);
    case "flac":
      return createFlacStreamDecoder();
    case "ogg-vorbis":
      return createOggVorbisStreamDecoder();
  }
}

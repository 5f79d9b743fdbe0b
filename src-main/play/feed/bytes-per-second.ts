import { readMpegFrameHeader } from "../decode/mpeg-frame-header.ts";
import type { RawFormat, StreamEncoding } from "../decode/stream-decoder.ts";

const SAMPLE_BYTES: Partial<Record<StreamEncoding, number>> = { s16le: 2, s24le: 3, s32le: 4, f32le: 4 };
const WAV_BYTE_RATE_AT = 28;
/** What speech usually takes. */
const USUAL: Partial<Record<StreamEncoding, number>> = { flac: 24_000, "ogg-opus": 4_000, "opus-packets": 4_000 };
const USUAL_LOSSY = 8_000;
const LONGEST_SEARCH_BYTES = 4_096;

/** Bytes of one second of a stream, for the pace of a simulated network: exact for PCM and WAV, of the first frame for MP3, else the usual. */
export function bytesPerSecond(beginning: Uint8Array, encoding: StreamEncoding, rawFormat: RawFormat): number {
  const sampleBytes = SAMPLE_BYTES[encoding];
  if (sampleBytes !== undefined) return sampleBytes * rawFormat.channels * rawFormat.sampleRateHz;
  if (encoding === "wav" && beginning.length >= WAV_BYTE_RATE_AT + 4) {
    return new DataView(beginning.buffer, beginning.byteOffset).getUint32(WAV_BYTE_RATE_AT, true) || USUAL_LOSSY;
  }
  if (encoding === "mp3") return mp3BytesPerSecond(beginning) ?? USUAL_LOSSY;
  return USUAL[encoding] ?? USUAL_LOSSY;
}

function mp3BytesPerSecond(beginning: Uint8Array): number | undefined {
  for (let at = 0; at < Math.min(LONGEST_SEARCH_BYTES, beginning.length - 4); at++) {
    const header = beginning[at] === 0xff ? readMpegFrameHeader(beginning, at) : undefined;
    if (!header) continue;
    const frameSamples = header.sampleRateHz >= 32_000 ? 1_152 : 576;
    return (header.frameBytes * header.sampleRateHz) / frameSamples;
  }
  return undefined;
}

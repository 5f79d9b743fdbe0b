import type { SampleLayout } from "./mono-samples.ts";
import type { PcmLayout } from "./pcm-stream-decoder.ts";

const EXTENSIBLE = 0xfffe;

const LAYOUTS: Readonly<Record<string, SampleLayout>> = {
  "1/8": "u8",
  "1/16": "s16le",
  "1/24": "s24le",
  "1/32": "s32le",
  "3/32": "f32le",
  "3/64": "f64le",
};

/**
 * What the `fmt ` chunk of a WAV stream says, WAVE_FORMAT_EXTENSIBLE included. `chunk`: its first 40 bytes, or all where it is shorter.
 * Nothing where the format is none of PCM 8/16/24/32 and float 32/64, or has no channels.
 */
export function readWavFormat(chunk: Uint8Array): PcmLayout | undefined {
  if (chunk.length < 16) return undefined;
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const declared = view.getUint16(0, true);
  const encoding = declared === EXTENSIBLE && chunk.length >= 26 ? view.getUint16(24, true) : declared;
  const channels = view.getUint16(2, true);
  const sampleRateHz = view.getUint32(4, true);
  const samples = LAYOUTS[`${encoding}/${view.getUint16(14, true)}`];
  if (!samples || channels === 0) return undefined;
  return { samples, sampleRateHz, channels };
}

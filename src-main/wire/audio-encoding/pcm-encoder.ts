import { toInt16, wavHeader } from "../../files/wav-header.ts";
import type { AudioEncoder } from "./audio-encoder.ts";

const NO_BYTES = new Uint8Array(0);
const UNKNOWN_BYTES = 0xffff_ffff;

/** Samples as s16le, and nothing else. */
export function createPcmEncoder(): AudioEncoder {
  return { push: toS16le, finish: () => NO_BYTES, close: () => undefined };
}

/** A WAV stream of 16 bits a sample whose header declares the largest length there is, because its end is not known when it begins. */
export function createWavEncoder(sampleRateHz: number): AudioEncoder {
  let header: Uint8Array = wavHeader({ sampleRateHz, channels: 1 }, UNKNOWN_BYTES);
  const push = (pcm: Float32Array): Uint8Array => {
    const bytes = Buffer.concat([header, toS16le(pcm)]);
    header = NO_BYTES;
    return bytes;
  };
  return { push, finish: () => push(new Float32Array(0)), close: () => undefined };
}

/** Samples in [-1, 1] as s16le; louder ones are clipped, and what is no number is silence. */
export function toS16le(pcm: Float32Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(pcm.length * 2);
  for (let index = 0; index < pcm.length; index++) bytes.writeInt16LE(toInt16(pcm[index]!) || 0, index * 2);
  return bytes;
}

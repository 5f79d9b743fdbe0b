import type { OpusInputRateHz } from "../ogg-opus/ogg-opus-encoder.ts";
import type { AudioEncoder, AudioEncoding } from "./audio-encoder.ts";
import { createFlacEncoder } from "./flac-encoder.ts";
import { createMp3Encoder } from "./mp3-encoder.ts";
import { createOpusEncoder } from "./opus-encoder.ts";
import { createPcmEncoder, createWavEncoder } from "./pcm-encoder.ts";

/** Makes an encoder for samples of that rate, ready for the first ones. The first of each encoding in a process loads its library: up to 0.2 s. */
export async function createAudioEncoder(encoding: AudioEncoding, rateHz: OpusInputRateHz): Promise<AudioEncoder> {
  switch (encoding) {
    case "pcm":
      return createPcmEncoder();
    case "wav":
      return createWavEncoder(rateHz);
    case "mp3":
      return createMp3Encoder(rateHz);
    case "flac":
      return createFlacEncoder(rateHz);
    case "opus":
      return createOpusEncoder(rateHz);
  }
}

import type { OpusInputRateHz } from "../ogg-opus/ogg-opus-encoder.ts";
import { AUDIO_ENCODINGS, type AudioEncoder, type AudioEncoding } from "./audio-encoder.ts";
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

/** Has every library loaded and run once, so that the first stream does not hold up the others: half a second of work, in pieces. */
export async function warmUpEncoders(): Promise<void> {
  for (const encoding of AUDIO_ENCODINGS) {
    const encoder = await createAudioEncoder(encoding, 24_000);
    encoder.push(new Float32Array(4_800));
    encoder.close();
  }
}

import { OggOpusEncoder, type OpusInputRateHz } from "../ogg-opus/ogg-opus-encoder.ts";
import type { AudioEncoder } from "./audio-encoder.ts";

/** Ogg Opus with the headers in front of the first bytes. */
export async function createOpusEncoder(rateHz: OpusInputRateHz): Promise<AudioEncoder> {
  const encoder = await OggOpusEncoder.create({ rateHz });
  let { header } = encoder;
  const withHeader = (bytes: Uint8Array): Uint8Array => {
    const all = Buffer.concat([header, bytes]);
    header = new Uint8Array(0);
    return all;
  };
  return {
    push: (pcm) => withHeader(encoder.push(pcm)),
    finish: () => withHeader(encoder.finish()),
    close: () => encoder.close(),
  };
}

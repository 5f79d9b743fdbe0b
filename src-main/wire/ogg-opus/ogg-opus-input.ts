import { CAPTURE_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { concatenate, StreamingResampler } from "../../streaming-resampler.ts";

/** Ogg Opus to mono samples, whatever the cuts; never rejects: what cannot be decoded is skipped. */
export interface OggOpusDecoder {
  push(bytes: Uint8Array): Promise<readonly { readonly pcm: Float32Array; readonly sampleRateHz: number }[]>;
  close(): Promise<void>;
}

/** The Ogg Opus stream of one client as samples at CAPTURE_RATE_HZ. One call at a time. */
export class OggOpusInput {
  readonly #decoder: OggOpusDecoder;
  #resampler: StreamingResampler | undefined;

  constructor(decoder: OggOpusDecoder) {
    this.#decoder = decoder;
  }

  /** What became decodable with these bytes; possibly nothing. */
  async push(bytes: Uint8Array): Promise<Float32Array> {
    const pieces: Float32Array[] = [];
    for (const { pcm, sampleRateHz } of await this.#decoder.push(bytes)) {
      this.#resampler ??= await StreamingResampler.create(sampleRateHz, CAPTURE_RATE_HZ);
      pieces.push(this.#resampler.process(pcm));
    }
    return concatenate(pieces);
  }

  async close(): Promise<void> {
    this.#resampler?.finish();
    await this.#decoder.close();
  }
}

import { setImmediate as nextTurn } from "node:timers/promises";
import { CAPTURE_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { concatenate, StreamingResampler } from "../../streaming-resampler.ts";

/** Decoded at once: a minute of sound at the very most, however it was packed. */
const MOST_BYTES_AT_ONCE = 1_024;

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

  /** What becomes decodable with these bytes, little by little; possibly nothing. Others have their turn between the pieces. */
  async *push(bytes: Uint8Array): AsyncGenerator<Float32Array> {
    for (let from = 0; from < bytes.length; from += MOST_BYTES_AT_ONCE) {
      if (from > 0) await nextTurn();
      const pcm = await this.#decode(bytes.subarray(from, from + MOST_BYTES_AT_ONCE));
      if (pcm.length > 0) yield pcm;
    }
  }

  async close(): Promise<void> {
    this.#resampler?.finish();
    await this.#decoder.close();
  }

  async #decode(bytes: Uint8Array): Promise<Float32Array> {
    const pieces: Float32Array[] = [];
    for (const { pcm, sampleRateHz } of await this.#decoder.push(bytes)) {
      this.#resampler ??= await StreamingResampler.create(sampleRateHz, CAPTURE_RATE_HZ);
      pieces.push(this.#resampler.process(pcm));
    }
    return concatenate(pieces);
  }
}

import libsamplerate from "@alexanderolsen/libsamplerate-js";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";

/** More than the reach of the converter's filter, which is 20 samples a side. */
const CONTEXT_SAMPLES = 32;

/**
 * Resamples speech to PLAYBACK_RATE_HZ, piece by piece, so that the first piece is ready at once: libsamplerate's fastest sinc converter,
 * 97 dB signal to noise, which is as much as the voices' 16 bits have. Pieces are cut with the filter's reach on both sides and are the same as if the whole had been converted.
 */
export class PlaybackResampler {
  readonly #converter: Awaited<ReturnType<typeof libsamplerate.create>>;
  readonly #ratio: number;

  private constructor(converter: Awaited<ReturnType<typeof libsamplerate.create>>, ratio: number) {
    this.#converter = converter;
    this.#ratio = ratio;
  }

  /** `rateHz`: 8,000 or 16,000, so that an even position falls on a whole output sample. */
  static async create(rateHz: number): Promise<PlaybackResampler> {
    const { ConverterType, create } = libsamplerate;
    const converterType = ConverterType.SRC_SINC_FASTEST;
    return new PlaybackResampler(
      await create(1, rateHz, PLAYBACK_RATE_HZ, { converterType }),
      PLAYBACK_RATE_HZ / rateHz,
    );
  }

  /** Output samples for a number of input samples. */
  outputSamples(samples: number): number {
    return Math.floor(samples * this.#ratio);
  }

  /** Converts the samples from `start` to `end`, both even or at the end of `pcm`. What lies beyond the ends of `pcm` is silence. */
  convert(pcm: Float32Array, start: number, end: number): Float32Array {
    const from = Math.max(0, start - CONTEXT_SAMPLES);
    const converted = this.#converter.simple(pcm.subarray(from, Math.min(pcm.length, end + CONTEXT_SAMPLES)));
    const offset = (start - from) * this.#ratio;
    return converted.subarray(offset, offset + this.outputSamples(end) - this.outputSamples(start));
  }
}

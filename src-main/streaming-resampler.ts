import libsamplerate from "@alexanderolsen/libsamplerate-js";
import { failure, FailureError, type Failure } from "../src-shared/failure.ts";

type LibsamplerateSource = Awaited<ReturnType<typeof libsamplerate.create>>;

/** What the converter takes, and less than anything is recorded at. */
const [LEAST_RATE_HZ, MOST_RATE_HZ] = [4_000, 192_000];
/** 97 dB of dynamic range, which is more than 16-bit audio has, at a quarter of the next converter's cost. */
const CONVERTER = libsamplerate.ConverterType.SRC_SINC_FASTEST;
/** Input per call: libsamplerate-js copies through a buffer of 4 MB. */
const LONGEST_PIECE_SAMPLES = 65_536;
/** Silence that pushes the last samples out, at the lower of the two rates: many times the filter's reach of 20. */
const FLUSH_SAMPLES = 256;

/**
 * Mono resampling with state between pieces, so that cutting a stream anywhere changes nothing. Output sample n is input time n / rate:
 * the filter's delay only holds samples back, it does not shift them, and `finish` gives out what was held back. Held back are 1.3 ms at
 * 16 kHz. Every instance has a converter of its own. About 150 times faster than real time on one core.
 */
export class StreamingResampler {
  readonly #source: LibsamplerateSource | undefined;
  readonly #ratio: number;
  #consumed = 0;
  #produced = 0;

  private constructor(source: LibsamplerateSource | undefined, ratio: number) {
    this.#source = source;
    this.#ratio = ratio;
  }

  /** Throws a FailureError for a rate that it does not take: {@link unplayableRate}. */
  static async create(fromHz: number, toHz: number): Promise<StreamingResampler> {
    const unplayable = unplayableRate(fromHz);
    if (unplayable) throw new FailureError(unplayable);
    if (fromHz === toHz) return new StreamingResampler(undefined, 1);
    const source = await libsamplerate.create(1, fromHz, toHz, { converterType: CONVERTER });
    return new StreamingResampler(source, toHz / fromHz);
  }

  /** Output samples that the input so far stands for and that are still to come. */
  get heldSamples(): number {
    return this.#consumed * this.#ratio - this.#produced;
  }

  /** Takes samples and returns those that are ready; possibly none. */
  process(pcm: Float32Array): Float32Array {
    this.#consumed += pcm.length;
    const pieces = this.#source ? convert(this.#source, pcm) : [pcm];
    const out = pieces.length === 1 ? (pieces[0] as Float32Array) : concatenate(pieces);
    this.#produced += out.length;
    return out;
  }

  /** The rest, so that the whole output is as long as the input. The resampler is used up. */
  finish(): Float32Array {
    if (!this.#source) return new Float32Array(0);
    const silence = new Float32Array(Math.ceil(FLUSH_SAMPLES / Math.min(1, this.#ratio)));
    const rest = concatenate(convert(this.#source, silence)).slice(0, Math.max(0, Math.round(this.heldSamples)));
    this.#source.destroy();
    return rest;
  }
}

/** Why audio of this rate cannot be played or understood; undefined where it can. Code: input-unreadable. */
export function unplayableRate(sampleRateHz: number): Failure | undefined {
  if (sampleRateHz >= LEAST_RATE_HZ && sampleRateHz <= MOST_RATE_HZ) return undefined;
  const detail = `audio at ${sampleRateHz} Hz is not within ${LEAST_RATE_HZ} to ${MOST_RATE_HZ} Hz`;
  return failure("input-unreadable", "input", detail);
}

/** Resamples a whole recording. */
export async function resampleAll(pcm: Float32Array, fromHz: number, toHz: number): Promise<Float32Array> {
  const resampler = await StreamingResampler.create(fromHz, toHz);
  return concatenate([resampler.process(pcm), resampler.finish()]);
}

/** Joins pieces into one array. */
export function concatenate(pieces: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    out.set(piece, offset);
    offset += piece.length;
  }
  return out;
}

function convert(source: LibsamplerateSource, pcm: Float32Array): Float32Array[] {
  const pieces: Float32Array[] = [];
  for (let offset = 0; offset < pcm.length; offset += LONGEST_PIECE_SAMPLES) {
    // The library answers with a view of the memory that it will use for its next answer.
    pieces.push(source.full(pcm.subarray(offset, offset + LONGEST_PIECE_SAMPLES)).slice());
  }
  return pieces;
}

import { Application, createEncoder, type OpusEncoderHandle } from "libopus-wasm";
import { oggPage, type OggPage } from "../../files/ogg-page.ts";
import { OPUS_RATE_HZ, opusHead, opusTags } from "../../files/opus-headers.ts";

/** Of 10: more takes several times as long and is not heard in speech. */
const COMPLEXITY = 5;

/** Rates that Opus takes samples at. */
export type OpusInputRateHz = 8_000 | 12_000 | 16_000 | 24_000 | 48_000;

/** How to encode and what to write around it. */
export interface OggOpusOptions {
  /** Rate of the samples, 24,000 unless told. */
  readonly rateHz?: OpusInputRateHz;
  /** Audio in one packet, which has a page of its own: 20 unless told. */
  readonly packetMs?: 20 | 40 | 60;
  /** 32,000 unless told. */
  readonly bitsPerSecond?: number;
  /** The stream's number, 1 unless told. */
  readonly serial?: number;
  /**
   * Samples at 48 kHz that a player leaves out at the start: the encoder's delay, unless told more. More is filled with silence, so that
   * nothing of the audio is left out, and rounded up to whole samples of the audio.
   */
  readonly preSkipSamples?: number;
}

/**
 * Encodes mono samples as Ogg Opus (RFC 7845) while they come, for voices. A decoder gives out exactly as many samples as went in. Each encoder has memory of its own; one that is not finished has to be closed. About 50 times faster than real time; blocks for as long.
 */
export class OggOpusEncoder {
  /** The two pages that a stream begins with; to be sent before anything else. */
  readonly header: Uint8Array;
  readonly #encoder: OpusEncoderHandle;
  readonly #streamNumber: number;
  readonly #packet: Float32Array;
  /** To be encoded before anything else, at the rate of the samples. */
  #silence: number;
  #waiting = 0;
  #pageNumber = 0;
  /** At the rate of the samples, the silence at the start included. */
  #taken = 0;
  #encoded = 0;
  #isOver = false;

  private constructor(encoder: OpusEncoderHandle, options: OggOpusOptions) {
    const ratio = OPUS_RATE_HZ / encoder.sampleRate;
    const preSkip = Math.max(encoder.getLookahead(), Math.ceil((options.preSkipSamples ?? 0) / ratio));
    this.#encoder = encoder;
    this.#streamNumber = options.serial ?? 1;
    this.#silence = preSkip - encoder.getLookahead();
    this.#packet = new Float32Array(encoder.frameSize);
    const head = this.#page([opusHead({ channels: 1, preSkipSamples: preSkip * ratio })], 0, "first");
    this.header = Buffer.concat([head, this.#page([opusTags("repartee")], 0)]);
  }

  static async create(options: OggOpusOptions = {}): Promise<OggOpusEncoder> {
    const { rateHz = 24_000, packetMs = 20, bitsPerSecond = 32_000 } = options;
    const encoder = await createEncoder({
      sampleRate: rateHz,
      channels: 1,
      frameSize: (rateHz * packetMs) / 1000,
      application: Application.Voip,
      bitrate: bitsPerSecond,
      complexity: COMPLEXITY,
    });
    return new OggOpusEncoder(encoder, options);
  }

  /** Takes samples in [-1, 1], any number, and returns the pages that are complete; possibly no bytes. */
  push(pcm: Float32Array): Uint8Array {
    if (this.#isOver) return new Uint8Array(0);
    return Buffer.concat([...this.#encodeSilence(), ...this.#encode(pcm)]);
  }

  /** The rest of the stream. The encoder is used up. */
  finish(): Uint8Array {
    if (this.#isOver) return new Uint8Array(0);
    const pages = this.#encodeSilence();
    const end = this.#taken + this.#encoder.getLookahead();
    const packets = Math.ceil((end - this.#encoded) / this.#packet.length);
    const rest = new Float32Array(packets * this.#packet.length - this.#waiting);
    pages.push(...this.#encode(rest, { packets, end }));
    this.close();
    return Buffer.concat(pages);
  }

  /** Frees what it holds; again does nothing. */
  close(): void {
    if (!this.#isOver) this.#encoder.free();
    this.#isOver = true;
  }

  #encodeSilence(): Uint8Array[] {
    const silence = new Float32Array(this.#silence);
    this.#silence = 0;
    return this.#encode(silence);
  }

  /** `last`: the stream ends after so many packets, with the sample before `end`. */
  #encode(pcm: Float32Array, last?: { readonly packets: number; readonly end: number }): Uint8Array[] {
    const pages: Uint8Array[] = [];
    this.#taken += pcm.length;
    for (let offset = 0; offset < pcm.length;) {
      const count = Math.min(pcm.length - offset, this.#packet.length - this.#waiting);
      this.#packet.set(pcm.subarray(offset, offset + count), this.#waiting);
      this.#waiting += count;
      offset += count;
      if (this.#waiting < this.#packet.length) break;
      this.#waiting = 0;
      pages.push(this.#packetPage(pages.length + 1 === last?.packets ? last.end : undefined));
    }
    return pages;
  }

  #packetPage(end: number | undefined): Uint8Array {
    const packet = this.#encoder.encodeFloat(this.#packet);
    this.#encoded += this.#packet.length;
    const samples = ((end ?? this.#encoded) * OPUS_RATE_HZ) / this.#encoder.sampleRate;
    return this.#page([packet], samples, end === undefined ? undefined : "last");
  }

  #page(packets: readonly Uint8Array[], granulePosition: number, place?: OggPage["place"]): Uint8Array {
    const pageNumber = this.#pageNumber++;
    return oggPage({ ...(place && { place }), granulePosition, streamNumber: this.#streamNumber, pageNumber, packets });
  }
}

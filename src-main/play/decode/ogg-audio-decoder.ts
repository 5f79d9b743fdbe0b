import { concatenate } from "../../streaming-resampler.ts";
import { unitOutput, type PackageOutput } from "./decoded-output.ts";
import type { OggPackets } from "./ogg-packet-reader.ts";
import type { UnitDecoder, UnitOutput } from "./package-stream-decoder.ts";
import type { DecodedPiece } from "./stream-decoder.ts";

/** A codec whose packets come in Ogg. */
export interface OggCodec {
  /** Packets at the start of a stream that hold no audio. */
  readonly headerPackets: number;
  /** Makes a decoder for a stream with these headers. Rejects where they make no sense. */
  create(headers: readonly Uint8Array[]): Promise<OggCodecDecoder>;
}

/** Decodes the audio packets of one stream. Where the package breaks down, `decode` throws or rejects, and a new decoder is made. */
export interface OggCodecDecoder {
  /** Samples at the start of the stream that are to be dropped; `first-page` where the first position tells. */
  readonly leadingSamples: number | "first-page";
  decode(packet: Uint8Array): PackageOutput | Promise<PackageOutput>;
  free(): void;
}

/** The audio of a codec in Ogg, page by page: headers taken off, what the encoder added at both ends cut off by the positions of the pages. */
export class OggAudioDecoder implements UnitDecoder<OggPackets> {
  readonly #codec: OggCodec;
  #headers: Uint8Array[] = [];
  #decoder: OggCodecDecoder | undefined;
  /** Samples of the stream up to here, what is dropped at the start included. */
  #position = 0;
  #hasAudio = false;

  constructor(codec: OggCodec) {
    this.#codec = codec;
  }

  async decode(page: OggPackets): Promise<UnitOutput> {
    if (page.isFirst) this.#startStream();
    const pieces: DecodedPiece[] = [];
    let isDamaged = false;
    for (const packet of page.packets) {
      const output = await this.#decodePacket(packet);
      if (output.isDamaged) isDamaged = true;
      if (output.piece) pieces.push(output.piece);
    }
    return { piece: this.#trim(pieces, page), isDamaged };
  }

  free(): void {
    this.#decoder?.free();
    this.#decoder = undefined;
  }

  #startStream(): void {
    this.#drop();
    this.#headers = [];
    this.#position = 0;
    this.#hasAudio = false;
  }

  async #decodePacket(packet: Uint8Array): Promise<UnitOutput> {
    try {
      if (this.#headers.length < this.#codec.headerPackets) {
        this.#headers.push(new Uint8Array(packet));
        if (this.#headers.length === this.#codec.headerPackets) this.#decoder = await this.#codec.create(this.#headers);
        return {};
      }
      this.#decoder ??= await this.#codec.create(this.#headers);
      return unitOutput(await this.#decoder.decode(packet));
    } catch {
      this.#drop();
      return { isDamaged: true };
    }
  }

  #drop(): void {
    try {
      this.free();
    } catch {
      this.#decoder = undefined;
    }
  }

  #trim(pieces: readonly DecodedPiece[], { granulePosition, isLast }: OggPackets): DecodedPiece | undefined {
    const samples = pieces.reduce((sum, { pcm }) => sum + pcm.length, 0);
    const leading = this.#decoder?.leadingSamples ?? 0;
    let start = 0;
    if (leading !== "first-page") start = Math.max(0, leading - this.#position);
    else if (!this.#hasAudio && !isLast && granulePosition >= 0) start = Math.max(0, samples - granulePosition);
    const end = isLast && granulePosition >= 0 ? Math.min(samples, granulePosition - this.#position) : samples;
    this.#hasAudio ||= samples > 0;
    this.#position = granulePosition >= 0 && samples > 0 ? granulePosition : this.#position + samples;
    const [first] = pieces;
    if (!first || end <= start) return undefined;
    const pcm = concatenate(pieces.map((piece) => piece.pcm));
    return { pcm: pcm.subarray(start, end), sampleRateHz: first.sampleRateHz };
  }
}

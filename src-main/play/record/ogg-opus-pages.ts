import { OGG_PAGE_SEGMENTS, oggPage, oggSegments, type OggPage } from "../../files/ogg-page.ts";
import { OPUS_RATE_HZ, opusHead, opusTags } from "../../files/opus-headers.ts";

/** Packets on one page: a second of audio where each has the usual 20 ms. */
const PACKETS_A_PAGE = 50;
const LIBRARY_NAME = "repartee";

/**
 * Puts bare Opus packets, as they were received, into an Ogg stream (RFC 3533, RFC 7845), so that what was sent without a container can be
 * played from a file. Nothing is decoded. The encoder's delay is not known from bare packets and taken as zero.
 */
export class OggOpusPages {
  readonly #stream: number;
  #packets: Uint8Array[] = [];
  #segments = 0;
  #samples = 0;
  #page = 0;

  /** `streamNumber`: any 32-bit number. */
  constructor(streamNumber: number) {
    this.#stream = streamNumber;
  }

  /** Takes one packet and returns the bytes of the file that are ready: often none. A packet that is none, empty or over 60 kB, is left out. */
  push(packet: Uint8Array): readonly Uint8Array[] {
    const segments = oggSegments(packet.length);
    const samples = packetSamples(packet);
    if (samples === 0 || segments > OGG_PAGE_SEGMENTS) return [];
    const pages = this.#page === 0 ? this.#headers((((packet[0] ?? 0) >> 2) & 1) + 1) : [];
    const isFull = this.#packets.length === PACKETS_A_PAGE || this.#segments + segments > OGG_PAGE_SEGMENTS;
    if (isFull) pages.push(this.#takePage());
    this.#packets.push(packet.slice());
    this.#segments += segments;
    this.#samples += samples;
    return pages;
  }

  /** The rest of the file; nothing when there was no packet. */
  finish(): readonly Uint8Array[] {
    return this.#packets.length === 0 ? [] : [this.#takePage("last")];
  }

  #headers(channels: number): Uint8Array[] {
    this.#packets = [opusHead({ channels, preSkipSamples: 0 })];
    const head = this.#takePage("first");
    this.#packets = [opusTags(LIBRARY_NAME)];
    return [head, this.#takePage()];
  }

  #takePage(place?: OggPage["place"]): Uint8Array {
    const page = oggPage({
      ...(place && { place }),
      granulePosition: this.#samples,
      streamNumber: this.#stream,
      pageNumber: this.#page,
      packets: this.#packets,
    });
    this.#packets = [];
    this.#segments = 0;
    this.#page += 1;
    return page;
  }
}

/** Samples at 48 kHz in an Opus packet, from its first bytes (RFC 6716, section 3.1); 0 when it is none. */
export function packetSamples(packet: Uint8Array): number {
  const [first, second] = packet;
  if (first === undefined) return 0;
  const frames = [1, 2, 2, (second ?? 0) & 0x3f][first & 3] ?? 0;
  const samples = frames * frameSamples(first >> 3);
  return samples <= 0.12 * OPUS_RATE_HZ ? samples : 0;
}

function frameSamples(configuration: number): number {
  if (configuration >= 16) return 120 << (configuration & 3);
  if (configuration >= 12) return 480 << (configuration & 1);
  return [480, 960, 1920, 2880][configuration & 3] ?? 0;
}

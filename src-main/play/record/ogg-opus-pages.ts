const OPUS_RATE_HZ = 48_000;
const MOST_SEGMENTS = 255;
const SEGMENT_BYTES = 255;
const FIRST_PAGE = 2;
const LAST_PAGE = 4;
/** Packets on one page; the file is complete up to the last whole page should nobody finish it. */
const PACKETS_A_PAGE = 50;
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => crcOfByte(index));
const LIBRARY_NAME = "repartee";

/**
 * Puts bare Opus packets, as they were received, into an Ogg stream (RFC 3533, RFC 7845), so that what was sent without a container can be
 * played from a file. Nothing is decoded. The encoder's delay is not known from bare packets and taken as zero.
 */
export class OggOpusPages {
  readonly #stream: number;
  #packets: Uint8Array[] = [];
  #segments: number[] = [];
  #samples = 0n;
  #page = 0;

  /** `streamNumber`: any 32-bit number. */
  constructor(streamNumber: number) {
    this.#stream = streamNumber >>> 0;
  }

  /** Takes one packet and returns the bytes of the file that are ready: often none. A packet that is none, empty or over 60 kB, is left out. */
  push(packet: Uint8Array): readonly Uint8Array[] {
    const segments = Math.floor(packet.length / SEGMENT_BYTES) + 1;
    const samples = packetSamples(packet);
    if (samples === 0 || segments > MOST_SEGMENTS) return [];
    const pages = this.#page === 0 ? this.#headers((((packet[0] ?? 0) >> 2) & 1) + 1) : [];
    const isFull = this.#packets.length === PACKETS_A_PAGE || this.#segments.length + segments > MOST_SEGMENTS;
    if (isFull) pages.push(this.#takePage(0));
    this.#packets.push(packet.slice());
    for (let n = 1; n < segments; n += 1) this.#segments.push(SEGMENT_BYTES);
    this.#segments.push(packet.length % SEGMENT_BYTES);
    this.#samples += BigInt(samples);
    return pages;
  }

  /** The rest of the file; nothing when there was no packet. */
  finish(): readonly Uint8Array[] {
    return this.#packets.length === 0 ? [] : [this.#takePage(LAST_PAGE)];
  }

  #headers(channels: number): Uint8Array[] {
    const head = Buffer.alloc(19);
    head.write("OpusHead", 0, "latin1");
    head.writeUInt8(1, 8);
    head.writeUInt8(channels, 9);
    head.writeUInt32LE(OPUS_RATE_HZ, 12);
    const tags = Buffer.alloc(8 + 4 + LIBRARY_NAME.length + 4);
    tags.write("OpusTags", 0, "latin1");
    tags.writeUInt32LE(LIBRARY_NAME.length, 8);
    tags.write(LIBRARY_NAME, 12, "latin1");
    return [head, tags].map((packet, index) => {
      this.#packets = [packet];
      this.#segments = [packet.length];
      return this.#takePage(index === 0 ? FIRST_PAGE : 0);
    });
  }

  #takePage(kind: number): Uint8Array {
    const header = Buffer.alloc(27 + this.#segments.length);
    header.write("OggS", 0, "latin1");
    header.writeUInt8(kind, 5);
    header.writeBigUInt64LE(this.#samples, 6);
    header.writeUInt32LE(this.#stream, 14);
    header.writeUInt32LE(this.#page, 18);
    header.writeUInt8(this.#segments.length, 26);
    header.set(this.#segments, 27);
    const page = Buffer.concat([header, ...this.#packets]);
    page.writeUInt32LE(crcOf(page), 22);
    this.#packets = [];
    this.#segments = [];
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

function crcOf(bytes: Uint8Array): number {
  return bytes.reduce((crc, byte) => ((crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ byte] ?? 0)) >>> 0, 0);
}

function crcOfByte(byte: number): number {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc < 0 ? 0x04c1_1db7 : 0);
  return crc >>> 0;
}

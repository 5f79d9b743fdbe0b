const HEADER_BYTES = 27;
const SEGMENT_BYTES = 255;
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => crcOfByte(index));

/** So many segments fit on one page, of all its packets together. */
export const OGG_PAGE_SEGMENTS = 255;

/** A page of an Ogg stream that holds whole packets. */
export interface OggPage {
  /** Whether the stream begins or ends with it. */
  readonly place?: "first" | "last";
  /** Samples of the stream up to the end of this page, as its codec counts them. */
  readonly granulePosition: number;
  /** Any 32-bit number, the same for all pages of a stream. */
  readonly streamNumber: number;
  /** Counts from 0. */
  readonly pageNumber: number;
  /** At most {@link OGG_PAGE_SEGMENTS} by {@link oggSegments}. */
  readonly packets: readonly Uint8Array[];
}

/** Segments that a packet takes on a page. */
export function oggSegments(packetBytes: number): number {
  return Math.floor(packetBytes / SEGMENT_BYTES) + 1;
}

/** The bytes of a page (RFC 3533, section 6). */
export function oggPage({ place, granulePosition, streamNumber, pageNumber, packets }: OggPage): Uint8Array {
  const segments = packets.flatMap(({ length }) => [
    ...Array.from({ length: oggSegments(length) - 1 }, () => SEGMENT_BYTES),
    length % SEGMENT_BYTES,
  ]);
  const header = Buffer.alloc(HEADER_BYTES + segments.length);
  header.write("OggS", 0, "latin1");
  header.writeUInt8(place === undefined ? 0 : place === "first" ? 2 : 4, 5);
  header.writeBigUInt64LE(BigInt(granulePosition), 6);
  header.writeUInt32LE(streamNumber >>> 0, 14);
  header.writeUInt32LE(pageNumber >>> 0, 18);
  header.writeUInt8(segments.length, 26);
  header.set(segments, HEADER_BYTES);
  const page = Buffer.concat([header, ...packets]);
  page.writeUInt32LE(crcOf(page), 22);
  return page;
}

function crcOf(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ byte]!) >>> 0;
  return crc;
}

function crcOfByte(byte: number): number {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc < 0 ? 0x04c1_1db7 : 0);
  return crc >>> 0;
}

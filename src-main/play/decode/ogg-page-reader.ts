import { ByteQueue } from "./byte-queue.ts";

/** A page whose checksum is right. The bytes are valid until the reader is given more. */
export interface OggPage {
  readonly serialNumber: number;
  readonly sequenceNumber: number;
  /** Position of the codec at the end of the page; -1 where no packet ends on it. */
  readonly granulePosition: number;
  readonly isContinued: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Set where bytes were skipped between the page before and this one. */
  readonly isAfterSkip: boolean;
  readonly segmentSizes: Uint8Array;
  readonly body: Uint8Array;
}

const HEADER_BYTES = 27;
const CAPTURE_PATTERN = [0x4f, 0x67, 0x67, 0x53];
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x8000_0000 ? (value << 1) ^ 0x04c1_1db7 : value << 1;
  return value >>> 0;
});

/** The pages of an Ogg stream (RFC 3533, section 6). A page with a wrong checksum is skipped, and the search goes on behind its first byte. */
export class OggPageReader {
  /** Stretches of bytes that are no pages. */
  skippedStretches = 0;
  #isSkipping = false;
  readonly #queue = new ByteQueue();

  read(bytes: Uint8Array): readonly OggPage[] {
    this.#queue.append(bytes);
    return this.#takePages();
  }

  /** The pages behind a length that was wrong. `isInPage` tells whether the stream ends inside a page. */
  end(): { readonly pages: readonly OggPage[]; readonly isInPage: boolean } {
    const pages: OggPage[] = [];
    const isInPage = this.#queue.length > 0;
    const stretches = this.skippedStretches;
    while (this.#queue.length > 0) {
      this.#skip(1);
      pages.push(...this.#takePages());
    }
    if (pages.length === 0) this.skippedStretches = stretches;
    return { pages, isInPage: isInPage && pages.length === 0 };
  }

  #takePages(): readonly OggPage[] {
    const pages: OggPage[] = [];
    for (;;) {
      const bytes = this.#queue.view();
      const start = findPattern(bytes);
      if (start > 0) this.#skip(start);
      const page = bytes.subarray(start);
      const length = pageBytes(page);
      if (length === undefined || page.length < length) return pages;
      if (page[4] === 0 && hasRightChecksum(page, length)) {
        pages.push(readPage(page, length, this.#isSkipping));
        this.#isSkipping = false;
        this.#queue.drop(length);
      } else {
        this.#skip(1);
      }
    }
  }

  #skip(count: number): void {
    this.#countSkip();
    this.#queue.drop(count);
  }

  #countSkip(): void {
    if (!this.#isSkipping) this.skippedStretches++;
    this.#isSkipping = true;
  }
}

function isPattern(bytes: Uint8Array, at: number): boolean {
  return CAPTURE_PATTERN.every((value, index) => at + index >= bytes.length || bytes[at + index] === value);
}

/** Where a page may start: at the capture pattern, or at its beginning cut by the end of the bytes. */
function findPattern(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(0x4f); at >= 0; at = bytes.indexOf(0x4f, at + 1)) if (isPattern(bytes, at)) return at;
  return bytes.length;
}

function pageBytes(page: Uint8Array): number | undefined {
  if (page.length < HEADER_BYTES) return undefined;
  const segments = page[26]!;
  if (page.length < HEADER_BYTES + segments) return undefined;
  let length = HEADER_BYTES + segments;
  for (let index = 0; index < segments; index++) length += page[HEADER_BYTES + index]!;
  return length;
}

function hasRightChecksum(page: Uint8Array, length: number): boolean {
  return oggChecksum(page, length) === new DataView(page.buffer, page.byteOffset).getUint32(22, true);
}

/** The checksum of the first `length` bytes of a page, its own field taken as zero. */
export function oggChecksum(page: Uint8Array, length: number): number {
  let crc = 0;
  for (let at = 0; at < length; at++) {
    const value = at >= 22 && at < 26 ? 0 : page[at]!;
    crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ value]!;
  }
  return crc >>> 0;
}

function readPage(page: Uint8Array, length: number, isAfterSkip: boolean): OggPage {
  const view = new DataView(page.buffer, page.byteOffset, length);
  const bodyStart = HEADER_BYTES + page[26]!;
  return {
    serialNumber: view.getUint32(14, true),
    sequenceNumber: view.getUint32(18, true),
    granulePosition: Number(view.getBigInt64(6, true)),
    isContinued: (page[5]! & 1) !== 0,
    isFirst: (page[5]! & 2) !== 0,
    isLast: (page[5]! & 4) !== 0,
    isAfterSkip,
    segmentSizes: page.subarray(HEADER_BYTES, bodyStart),
    body: page.subarray(bodyStart, length),
  };
}

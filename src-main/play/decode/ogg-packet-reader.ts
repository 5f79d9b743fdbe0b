import { OggPageReader, type OggPage } from "./ogg-page-reader.ts";
import type { UnitReader } from "./package-stream-decoder.ts";

/** The packets that end on one page. The bytes are valid until the reader is given more. */
export interface OggPackets {
  readonly packets: readonly Uint8Array[];
  /** Position of the codec behind the last of them; -1 where unknown. */
  readonly granulePosition: number;
  /** The first page of a stream: its first packet is the identification header. */
  readonly isFirst: boolean;
  /** The last page of a stream. */
  readonly isLast: boolean;
}

/** Longer packets than this are not audio; they are dropped. */
const MAX_PACKET_BYTES = 1_048_576;

/**
 * The packets of one codec's stream in Ogg. Streams that follow each other (chained) are read one after the other; of streams that run side by
 * side, the first whose identification header starts with `signature` is read and the others are left out.
 */
export class OggPacketReader implements UnitReader<OggPackets> {
  isTruncated = false;
  readonly #signature: string;
  readonly #pages = new OggPageReader();
  #gaps = 0;
  #serialNumber: number | undefined;
  #nextSequenceNumber = 0;
  #hasPages = false;
  #hasStream = false;
  /** The start of a packet that goes on on the next page. */
  #started: Uint8Array = new Uint8Array(0);

  constructor(signature: string) {
    this.#signature = signature;
  }

  get skippedStretches(): number {
    return this.#gaps + this.#pages.skippedStretches;
  }

  read(bytes: Uint8Array): readonly OggPackets[] {
    return this.#pages.read(bytes).flatMap((page) => this.#takePage(page) ?? []);
  }

  end(): readonly OggPackets[] {
    const { pages, isInPage } = this.#pages.end();
    const packets = pages.flatMap((page) => this.#takePage(page) ?? []);
    this.isTruncated = isInPage || this.#serialNumber !== undefined;
    if (this.#hasPages && !this.#hasStream) this.#gaps++;
    return packets;
  }

  #takePage(page: OggPage): OggPackets | undefined {
    this.#hasPages = true;
    const isBetweenStreams = this.#serialNumber === undefined || this.#nextSequenceNumber > 1;
    if (page.isFirst && isBetweenStreams && hasSignature(page.body, this.#signature)) {
      this.#hasStream = true;
      this.#serialNumber = page.serialNumber;
      this.#nextSequenceNumber = page.sequenceNumber;
      this.#started = new Uint8Array(0);
    }
    if (page.serialNumber !== this.#serialNumber) return undefined;
    const hasGap = page.sequenceNumber !== this.#nextSequenceNumber;
    if (hasGap && !page.isAfterSkip) this.#gaps++;
    this.#nextSequenceNumber = page.sequenceNumber + 1;
    if (page.isLast) this.#serialNumber = undefined;
    const packets = this.#takePackets(page, hasGap);
    return { packets, granulePosition: page.granulePosition, isFirst: page.isFirst, isLast: page.isLast };
  }

  #takePackets(page: OggPage, hasGap: boolean): readonly Uint8Array[] {
    const packets: Uint8Array[] = [];
    let isDropping = page.isContinued && (hasGap || this.#started.length === 0);
    let started = page.isContinued && !hasGap ? this.#started : new Uint8Array(0);
    let [start, end] = [0, 0];
    for (const size of page.segmentSizes) {
      end += size;
      if (size === 255) continue;
      const part = page.body.subarray(start, end);
      if (!isDropping) packets.push(started.length > 0 ? joined(started, part) : part);
      isDropping = false;
      started = new Uint8Array(0);
      start = end;
    }
    const rest = page.body.subarray(start, end);
    const isTooLong = started.length + rest.length > MAX_PACKET_BYTES;
    this.#started = isDropping || isTooLong ? new Uint8Array(0) : joined(started, rest);
    return packets;
  }
}

function hasSignature(body: Uint8Array, signature: string): boolean {
  return Array.from(signature).every((letter, index) => body[index] === letter.charCodeAt(0));
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

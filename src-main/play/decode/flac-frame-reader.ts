import { ByteQueue } from "./byte-queue.ts";
import { readFlacFrameHeader, type FlacFrameHeader } from "./flac-frame-header.ts";
import { FlacMetadataReader } from "./flac-metadata-reader.ts";
import type { UnitReader } from "./package-stream-decoder.ts";
import { tagBytes } from "./tag-bytes.ts";

/** Frames that may be missing between two for the later one to be taken as proof that the earlier one is damaged. */
const MAX_MISSING_FRAMES = 1000;
const CRC16_TABLE = Uint16Array.from({ length: 256 }, (_, index) => {
  let value = index << 8;
  for (let bit = 0; bit < 8; bit++) value = ((value << 1) ^ (value & 0x8000 ? 0x8005 : 0)) & 0xffff;
  return value;
});

/**
 * The frames of a FLAC stream with right checksums. A frame does not say how long it is: it ends where the checksum comes out and the header
 * of the next one stands, or the stream ends, be it with tags. The frames' bytes are valid until more are read.
 */
export class FlacFrameReader implements UnitReader<Uint8Array> {
  skippedStretches = 0;
  isTruncated = false;
  readonly metadata = new FlacMetadataReader();
  readonly #queue = new ByteQueue();
  #isInMetadata = true;
  #isSkipping = false;
  /** The frame at the front of the queue, once its header is known, how far it was searched for its end and the checksum up to there. */
  #header: FlacFrameHeader | undefined;
  #searched = 0;
  #crc = 0;
  #blockSamples = 0;
  #endSample = 0;

  read(bytes: Uint8Array): readonly Uint8Array[] {
    this.#queue.append(bytes);
    this.#takeMetadata();
    return this.#isInMetadata ? [] : this.#takeFrames();
  }

  end(): readonly Uint8Array[] {
    const rest = this.#queue.view();
    const header = this.#header;
    const last = header && this.#lastFrame(rest, header);
    if (header && last) this.#count(header);
    else if (!this.#isInMetadata && !header && rest.length > 0) this.#countSkip();
    const declared = this.metadata.declaredSamples;
    this.isTruncated = declared > 0 ? this.#endSample < declared : rest.length > 0 && !last;
    return last ? [last] : [];
  }

  /** The frame that the stream ends with, without the tags behind it. */
  #lastFrame(bytes: Uint8Array, { headerBytes }: FlacFrameHeader): Uint8Array | undefined {
    this.#searched = this.#crc = 0;
    for (let end = headerBytes + 2; end <= bytes.length; end++) {
      this.#checkUpTo(bytes, end);
      if (this.#crc === 0 && tagBytes(bytes, end) !== 0) return bytes.subarray(0, end);
    }
    return undefined;
  }

  #takeMetadata(): void {
    while (this.#isInMetadata && this.#queue.length > 0) {
      const count = this.metadata.take(this.#queue.view());
      if (count === "more") return;
      this.#isInMetadata = count > 0;
      this.#queue.drop(count);
    }
  }

  #takeFrames(): readonly Uint8Array[] {
    const frames: Uint8Array[] = [];
    for (;;) {
      this.#header ??= this.#findHeader();
      if (!this.#header) return frames;
      const bytes = this.#queue.view();
      const end = this.#findEnd(bytes, this.#header);
      if (end === "more") return frames;
      if (end === "damaged") {
        this.#skip(1);
      } else if (this.#crc === 0) {
        this.#count(this.#header);
        frames.push(bytes.subarray(0, end));
        this.#queue.drop(end);
        this.#isSkipping = false;
      } else {
        this.#skip(end);
      }
      this.#header = undefined;
    }
  }

  /** Moves the next frame header to the front of the queue. */
  #findHeader(): FlacFrameHeader | undefined {
    const bytes = this.#queue.view();
    let at = bytes.indexOf(0xff);
    for (; at >= 0; at = bytes.indexOf(0xff, at + 1)) {
      const header = readFlacFrameHeader(bytes, at);
      if (!header) continue;
      if (at > 0) this.#skip(at);
      if (header === "more") return undefined;
      this.#searched = 0;
      this.#crc = 0;
      return header;
    }
    if (bytes.length > 0) this.#skip(bytes.length);
    return undefined;
  }

  /** Where the frame ends, right or damaged: at the header of a later frame. */
  #findEnd(bytes: Uint8Array, header: FlacFrameHeader): number | "more" | "damaged" {
    const maxBytes = header.headerBytes + 16 + header.channels * (header.blockSamples + 1) * 5;
    let at = bytes.indexOf(0xff, Math.max(this.#searched, header.headerBytes + 2));
    for (; at >= 0 && at <= maxBytes; at = bytes.indexOf(0xff, at + 1)) {
      const next = readFlacFrameHeader(bytes, at);
      if (!next) continue;
      this.#checkUpTo(bytes, at);
      if (next === "more") return "more";
      if (this.#crc === 0 || isLaterFrame(header, next)) return at;
    }
    this.#checkUpTo(bytes, bytes.length);
    return bytes.length > maxBytes ? "damaged" : "more";
  }

  #checkUpTo(bytes: Uint8Array, end: number): void {
    let crc = this.#crc;
    for (let at = this.#searched; at < end; at++) crc = ((crc & 0xff) << 8) ^ CRC16_TABLE[(crc >> 8) ^ bytes[at]!]!;
    this.#crc = crc;
    this.#searched = Math.max(end, this.#searched);
  }

  #count({ codedNumber, blockSamples, isBlockSizeVariable }: FlacFrameHeader): void {
    this.#blockSamples = Math.max(this.#blockSamples, blockSamples);
    this.#endSample = codedNumber * (isBlockSizeVariable ? 1 : this.#blockSamples) + blockSamples;
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

function isLaterFrame(header: FlacFrameHeader, next: FlacFrameHeader): boolean {
  const distance = next.codedNumber - header.codedNumber;
  const maxDistance = MAX_MISSING_FRAMES * (header.isBlockSizeVariable ? header.blockSamples : 1);
  return next.kind === header.kind && distance > 0 && distance <= maxDistance;
}

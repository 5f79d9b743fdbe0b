import { tagBytes } from "./tag-bytes.ts";

const STREAM_INFO_BYTES = 34;

/** What stands before the frames of a FLAC stream: tags, the marker, the metadata blocks. Blocks are counted and not held, whatever their size. */
export class FlacMetadataReader {
  /** Samples that the stream declares; 0 where it does not. */
  declaredSamples = 0;
  /** The marker and the stream information, as a FLAC stream without other metadata starts; nothing where there was none. */
  streamStart: Uint8Array | undefined;
  #hasMarker = false;
  #isLastBlock = false;
  #rest = 0;

  /** Bytes at the front of `bytes` that are metadata; `more` where that cannot be told yet; 0 once the frames start. */
  take(bytes: Uint8Array): number | "more" {
    if (this.#rest > 0) return this.#takeUpTo(this.#rest, bytes);
    if (this.#hasMarker) return this.#isLastBlock ? 0 : this.#takeBlock(bytes);
    const tag = tagBytes(bytes, 0);
    if (tag !== 0) return tag === "more" ? "more" : this.#takeUpTo(tag, bytes);
    const isMarker = "fLaC".startsWith(String.fromCharCode(...bytes.subarray(0, 4)));
    if (isMarker && bytes.length < 4) return "more";
    if (isMarker) this.#hasMarker = true;
    return isMarker ? 4 : 0;
  }

  #takeUpTo(count: number, bytes: Uint8Array): number {
    const taken = Math.min(count, bytes.length);
    this.#rest = count - taken;
    return taken;
  }

  #takeBlock(bytes: Uint8Array): number | "more" {
    if (bytes.length < 4) return "more";
    const blockType = bytes[0]! & 0x7f;
    const length = (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!;
    const isStreamInfo = blockType === 0 && length === STREAM_INFO_BYTES;
    if (isStreamInfo && bytes.length < 4 + length) return "more";
    // A frame cannot be mistaken for a block: type 127 is forbidden.
    this.#isLastBlock = (bytes[0]! & 0x80) !== 0;
    if (blockType === 0x7f) return 0;
    if (isStreamInfo) this.#takeStreamInfo(bytes.subarray(4, 4 + length));
    return this.#takeUpTo(4 + length, bytes);
  }

  #takeStreamInfo(info: Uint8Array): void {
    const view = new DataView(info.buffer, info.byteOffset);
    this.declaredSamples = (info[13]! & 15) * 2 ** 32 + view.getUint32(14);
    this.streamStart = new Uint8Array(8 + STREAM_INFO_BYTES);
    this.streamStart.set([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, STREAM_INFO_BYTES]);
    this.streamStart.set(info, 8);
  }
}

import { ByteQueue } from "./byte-queue.ts";
import {
  declaredMpegFrames,
  MPEG_HEADER_BYTES,
  readMpegFrameHeader,
  type MpegFrameHeader,
} from "./mpeg-frame-header.ts";
import type { UnitReader } from "./package-stream-decoder.ts";
import { tagBytes } from "./tag-bytes.ts";

/**
 * The frames of an MPEG audio stream, tags left out. The first frame, and the first one behind a damaged stretch, counts once the header of
 * the next one stands where it must; from then on each frame counts as soon as it is complete. The frames' bytes are valid until more are read.
 */
export class MpegFrameReader implements UnitReader<Uint8Array> {
  skippedStretches = 0;
  isTruncated = false;
  readonly #queue = new ByteQueue();
  /** Bytes of a tag that are still to be left out. */
  #tagRest = 0;
  /** Kind of the frame before; nothing where the stream has to be found again. */
  #kind: number | undefined;
  #isSkipping = false;
  #skippedBytes = 0;
  #frames = 0;
  #frameBytes = 0;
  #declaredFrames = 0;

  read(bytes: Uint8Array): readonly Uint8Array[] {
    this.#queue.append(bytes);
    return this.#takeFrames(false);
  }

  end(): readonly Uint8Array[] {
    const frames = this.#takeFrames(true);
    const isInFrame = this.#kind !== undefined && this.#queue.length > 0;
    const lostFrames = this.#skippedBytes === 0 ? 0 : 2 + (this.#skippedBytes * this.#frames) / (this.#frameBytes || 1);
    this.isTruncated = isInFrame || this.#tagRest > 0 || this.#frames + lostFrames < this.#declaredFrames;
    return frames;
  }

  #takeFrames(isEnd: boolean): readonly Uint8Array[] {
    const frames: Uint8Array[] = [];
    while (this.#queue.length > 0) {
      const bytes = this.#queue.view();
      const tag = this.#tagRest || tagBytes(bytes, 0);
      if (tag === "more" && !isEnd) break;
      if (tag !== "more" && tag > 0) {
        this.#tagRest = Math.max(0, tag - bytes.length);
        this.#queue.drop(tag);
        continue;
      }
      const header = bytes.length < MPEG_HEADER_BYTES ? "more" : this.#frameAt(bytes, isEnd);
      if (header === "more") break;
      if (header) frames.push(this.#takeFrame(bytes, header));
      else this.#skip();
    }
    return frames;
  }

  /** The header of the frame that starts the bytes, where the frame is complete and belongs to the stream. */
  #frameAt(bytes: Uint8Array, isEnd: boolean): MpegFrameHeader | "more" | undefined {
    const header = readMpegFrameHeader(bytes, 0);
    if (!header) return undefined;
    if (header.kind === this.#kind) return bytes.length < header.frameBytes ? "more" : header;
    const isEndOfStream = isEnd && bytes.length === header.frameBytes;
    if (isEndOfStream) return header;
    if (bytes.length < header.frameBytes + MPEG_HEADER_BYTES) return isEnd ? undefined : "more";
    const hasNext =
      readMpegFrameHeader(bytes, header.frameBytes)?.kind === header.kind || tagBytes(bytes, header.frameBytes) !== 0;
    return hasNext ? header : undefined;
  }

  #takeFrame(bytes: Uint8Array, header: MpegFrameHeader): Uint8Array {
    const frame = bytes.subarray(0, header.frameBytes);
    const declared = this.#frames === 0 && this.#declaredFrames === 0 ? declaredMpegFrames(frame, header) : undefined;
    if (declared === undefined) {
      this.#frames++;
      this.#frameBytes += frame.length;
    } else {
      this.#declaredFrames = declared;
    }
    this.#kind = header.kind;
    this.#isSkipping = false;
    this.#queue.drop(header.frameBytes);
    return frame;
  }

  #skip(): void {
    const next = this.#queue.view().indexOf(0xff, 1);
    const count = next < 0 ? this.#queue.length : next;
    this.#skippedBytes += count;
    this.#queue.drop(count);
    this.#kind = undefined;
    if (!this.#isSkipping) this.skippedStretches++;
    this.#isSkipping = true;
  }
}

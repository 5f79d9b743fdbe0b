import type { Failure } from "../../../src-shared/failure.ts";
import { ByteQueue } from "./byte-queue.ts";
import { PcmStreamDecoder } from "./pcm-stream-decoder.ts";
import type { DecodedPiece, StreamDecoder } from "./stream-decoder.ts";
import { unplayableRate } from "../../streaming-resampler.ts";
import { readWavFormat } from "./wav-format.ts";

const FORMAT_BYTES = 40;
/** Writers that cannot go back to their header leave a size like this: 0xFFFFFFFF, or a little less than 0x7FFFFFFF. */
const UNKNOWN_SIZE = 0x7fff_0000;

type State = "start" | "chunk" | "format" | "long-sizes" | "skip" | "data" | "over";

/**
 * A WAV stream (RIFF or RF64) to mono: PCM of 8, 16, 24 or 32 bits and float of 32 or 64, 4 to 192 kHz, any number of channels (averaged). Chunks
 * other than the format and the data are counted and not held, whatever their size. A data size that a streaming writer left open means "to
 * the end of the stream"; bytes behind a declared size are ignored. What is not WAV gives no samples and one decode error.
 */
export class WavStreamDecoder implements StreamDecoder {
  isTruncated = false;
  failure: Failure | undefined;
  #state: State = "start";
  #errors = 0;
  readonly #header = new ByteQueue();
  /** Bytes still to come of the chunk being skipped or played. */
  #chunkRest = 0;
  #chunkSize = 0;
  /** Bytes of the stream up to the end of the header read so far. */
  #position = 0;
  #riffSize = 0;
  #longDataSize = 0;
  #pcm: PcmStreamDecoder | undefined;

  get decodeErrors(): number {
    return this.#errors + (this.#pcm?.decodeErrors ?? 0);
  }

  push(bytes: Uint8Array): Promise<readonly DecodedPiece[]> {
    return Promise.resolve(this.read(bytes));
  }

  /** As `push`, at once. */
  read(bytes: Uint8Array): readonly DecodedPiece[] {
    let rest = bytes;
    while (rest.length > 0 && this.#state !== "data" && this.#state !== "over") {
      rest = this.#state === "skip" ? this.#skip(rest) : this.#readHeader(rest);
    }
    return this.#state === "data" ? this.#readData(rest) : [];
  }

  async finish(): Promise<readonly DecodedPiece[]> {
    await this.#pcm?.finish();
    if (this.#state === "data") {
      const isMissingBytes = Number.isFinite(this.#chunkRest) && this.#chunkRest > 0;
      this.isTruncated = isMissingBytes || this.#pcm?.isTruncated === true;
    } else if (this.#state !== "over") {
      this.isTruncated = this.#position + this.#header.length > 0;
    }
    this.#state = "over";
    return [];
  }

  close(): Promise<void> {
    this.#state = "over";
    this.#header.drop(Infinity);
    return Promise.resolve();
  }

  #skip(bytes: Uint8Array): Uint8Array {
    const count = Math.min(this.#chunkRest, bytes.length);
    this.#chunkRest -= count;
    this.#position += count;
    if (this.#chunkRest === 0) this.#state = "chunk";
    return bytes.subarray(count);
  }

  #readHeader(bytes: Uint8Array): Uint8Array {
    const needed = this.#neededBytes();
    const count = Math.min(needed - this.#header.length, bytes.length);
    this.#header.append(bytes.subarray(0, count));
    if (this.#header.length < needed) return bytes.subarray(count);
    const part = this.#header.view().slice();
    this.#header.drop(needed);
    this.#position += needed;
    this.#take(part);
    return bytes.subarray(count);
  }

  #neededBytes(): number {
    if (this.#state === "start") return 12;
    if (this.#state === "format") return Math.min(this.#chunkSize, FORMAT_BYTES);
    return this.#state === "long-sizes" ? 16 : 8;
  }

  #take(part: Uint8Array): void {
    const view = new DataView(part.buffer);
    if (this.#state === "start") {
      const isWav = /^(?:RIFF|RF64)....WAVE$/s.test(latin1(part));
      this.#riffSize = view.getUint32(4, true);
      if (isWav) this.#state = "chunk";
      else this.#giveUp();
    } else if (this.#state === "chunk") {
      this.#chunkSize = view.getUint32(4, true);
      this.#startChunk(latin1(part.subarray(0, 4)));
    } else if (this.#state === "format") {
      const format = readWavFormat(part);
      this.failure = format && unplayableRate(format.sampleRateHz);
      if (!format || this.failure) return this.#giveUp();
      this.#pcm = new PcmStreamDecoder(format);
      this.#skipRestOfChunk(part.length);
    } else {
      this.#longDataSize = Number(view.getBigUint64(8, true));
      this.#skipRestOfChunk(part.length);
    }
  }

  #startChunk(id: string): void {
    if (id === "data") {
      if (!this.#pcm) return this.#giveUp();
      this.#state = "data";
      this.#chunkRest = this.#dataBytes();
    } else if (id === "fmt ") {
      if (this.#chunkSize < 16) return this.#giveUp();
      this.#state = "format";
    } else if (id === "ds64" && this.#chunkSize >= 16) {
      this.#state = "long-sizes";
    } else {
      this.#skipRestOfChunk(0);
    }
  }

  #dataBytes(): number {
    const size = this.#chunkSize;
    if (size >= UNKNOWN_SIZE) return this.#longDataSize || Infinity;
    const isDeclaredEmpty = this.#riffSize < UNKNOWN_SIZE && this.#riffSize + 8 > this.#position;
    return size === 0 && !isDeclaredEmpty ? Infinity : size;
  }

  #skipRestOfChunk(bytesRead: number): void {
    this.#chunkRest = this.#chunkSize + (this.#chunkSize % 2) - bytesRead;
    this.#state = this.#chunkRest > 0 ? "skip" : "chunk";
  }

  #readData(bytes: Uint8Array): readonly DecodedPiece[] {
    const count = Math.min(bytes.length, this.#chunkRest);
    this.#chunkRest -= count;
    return this.#pcm!.read(bytes.subarray(0, count));
  }

  #giveUp(): void {
    this.#errors++;
    this.#state = "over";
  }
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

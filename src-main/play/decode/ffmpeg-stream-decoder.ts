import { randomUUID } from "node:crypto";
import { open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failed, failure, succeeded, type Failure, type Outcome } from "../../../src-shared/failure.ts";
import { AdtsFrames } from "./adts-frames.ts";
import { ByteQueue } from "./byte-queue.ts";
import { FfmpegProcess, hasFfmpeg } from "./ffmpeg-process.ts";
import { Mp4Boxes } from "./mp4-boxes.ts";
import type { DecodedPiece, StreamDecoder } from "./stream-decoder.ts";

/** Bytes that tell AAC in MP4 from AAC in ADTS. */
const START_BYTES = 8;
/** An MP4 that shows neither index nor audio until here goes to a file. */
const MAX_START_BYTES = 1_048_576;

/**
 * AAC to mono at its own rate, through an `ffmpeg` on the PATH: ADTS and MP4 (m4a). An MP4 with its index behind the audio goes to a temporary
 * file and is decoded once it is complete; its failure is output-unwritable where there is no room for that. Code: input-unreadable, where
 * there is no ffmpeg.
 */
export async function createFfmpegStreamDecoder(path?: string): Promise<Outcome<StreamDecoder>> {
  if (await hasFfmpeg(path)) return succeeded(new FfmpegStreamDecoder());
  return failed("input-unreadable", "play", "AAC needs ffmpeg, and there is no ffmpeg on the PATH");
}

class FfmpegStreamDecoder implements StreamDecoder {
  isTruncated = false;
  failure: Failure | undefined;
  #container: AdtsFrames | Mp4Boxes | undefined;
  readonly #start = new ByteQueue();
  #process: FfmpegProcess | undefined;
  #spool: { readonly path: string; readonly file: FileHandle } | undefined;
  #errors = 0;
  #closing: Promise<void> | undefined;

  get decodeErrors(): number {
    const skipped = this.#container instanceof AdtsFrames ? this.#container.skippedStretches : 0;
    return Math.max(skipped, this.#errors, this.#process?.errors ?? 0);
  }

  async push(bytes: Uint8Array): Promise<readonly DecodedPiece[]> {
    if (this.#closing) return [];
    if (this.#process || this.#spool) {
      this.#container?.read(bytes);
      return this.#pass(bytes);
    }
    this.#start.append(bytes);
    if (this.#container) this.#container.read(bytes);
    else if (this.#start.length >= START_BYTES) this.#container = containerOf(this.#start.view());
    const isChosen = await this.#chooseRoute();
    if (!isChosen) return [];
    const start = this.#start.view();
    this.#start.drop(start.length);
    return this.#pass(start);
  }

  async finish(): Promise<readonly DecodedPiece[]> {
    if (this.#closing) return [];
    if (this.#start.length > 0) this.#errors = 1;
    this.isTruncated = this.#container?.isInside === true || this.#start.length > 0;
    if (this.#spool) {
      const { path, file } = this.#spool;
      await file.close().catch((error) => this.#breakOff(error as Error));
      if (this.#closing) return [];
      this.#process = new FfmpegProcess({ path });
    }
    const pieces = (await this.#process?.finish()) ?? [];
    await this.close();
    return pieces;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#release());
  }

  async #release(): Promise<void> {
    const [process, spool] = [this.#process, this.#spool];
    this.#errors = this.decodeErrors;
    this.#process = undefined;
    this.#spool = undefined;
    await process?.kill();
    await spool?.file.close().catch(() => undefined);
    if (spool) await rm(spool.path, { force: true });
  }

  #pass(bytes: Uint8Array): Promise<readonly DecodedPiece[]> {
    return this.#process ? this.#process.write(bytes) : this.#writeToSpool(bytes);
  }

  async #writeToSpool(bytes: Uint8Array): Promise<readonly DecodedPiece[]> {
    await this.#spool?.file.writeFile(bytes).catch((error) => this.#breakOff(error as Error));
    return [];
  }

  /** The disk does not take the file. */
  async #breakOff({ message }: Error): Promise<undefined> {
    const detail = `an M4A is kept in ${tmpdir()} until it is complete, which cannot be: ${message}`;
    this.failure = failure("output-unwritable", "play", detail);
    await this.close();
    return undefined;
  }

  /** True once it is clear whether the bytes go to ffmpeg as they come or to a file first. */
  async #chooseRoute(): Promise<boolean> {
    if (this.#container instanceof AdtsFrames) this.#process = new FfmpegProcess({ format: "aac" });
    else if (this.#container?.first === "moov") this.#process = new FfmpegProcess({ format: "mov" });
    else if (this.#container?.first === "mdat" || this.#start.length > MAX_START_BYTES) await this.#openSpool();
    return this.#process !== undefined || this.#spool !== undefined;
  }

  async #openSpool(): Promise<void> {
    const path = join(tmpdir(), `repartee-play-${randomUUID()}.m4a`);
    const file = await open(path, "wx", 0o600).catch((error) => this.#breakOff(error as Error));
    this.#spool = file && { path, file };
  }
}

function containerOf(start: Uint8Array): AdtsFrames | Mp4Boxes {
  const isMp4 = String.fromCharCode(...start.subarray(4, 8)) === "ftyp";
  const container = isMp4 ? new Mp4Boxes() : new AdtsFrames();
  container.read(start);
  return container;
}

import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";

const HEADER_BYTES = 44;
const FLUSH_BYTES = 64 * 1024;

/** Shape of a {@link WavFileWriter}. */
export interface WavFormat {
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
}

/**
 * Writes a 16-bit PCM WAV file piece by piece. The file appears under its name only once it is complete: until then it is a temporary file
 * beside it, which is removed when anything fails. Blocking; for worker threads and commands.
 */
export class WavFileWriter {
  readonly #path: string;
  readonly #partPath: string;
  readonly #format: WavFormat;
  readonly #file: number;
  readonly #pending = Buffer.alloc(FLUSH_BYTES);
  #pendingBytes = 0;
  #dataBytes = 0;
  #failure: Outcome<never> | undefined;

  private constructor(path: string, file: number, format: WavFormat) {
    this.#path = path;
    this.#partPath = partPathOf(path);
    this.#file = file;
    this.#format = format;
  }

  /** Fails with output-unwritable when no file can be made there. */
  static open(path: string, format: WavFormat): Outcome<WavFileWriter> {
    try {
      const file = openSync(partPathOf(path), "w");
      writeSync(file, Buffer.alloc(HEADER_BYTES));
      return succeeded(new WavFileWriter(path, file, format));
    } catch (error) {
      return unwritable(path, error);
    }
  }

  /** Appends samples in [-1, 1], interleaved when stereo; louder ones are clipped. A failure to write is told by `finish`. */
  append(pcm: Float32Array): void {
    for (const sample of pcm) {
      if (this.#pendingBytes === FLUSH_BYTES) this.#flush();
      const clipped = Math.max(-1, Math.min(1, sample));
      this.#pendingBytes = this.#pending.writeInt16LE(Math.round(clipped * 32_767), this.#pendingBytes);
    }
  }

  /** Completes the file. Fails with output-unwritable when it could not be written as a whole; nothing is left behind then. */
  finish(): Outcome<{ readonly samples: number }> {
    this.#flush();
    try {
      writeSync(this.#file, this.#header(), 0, HEADER_BYTES, 0);
      closeSync(this.#file);
      if (!this.#failure) renameSync(this.#partPath, this.#path);
    } catch (error) {
      this.#failure ??= unwritable(this.#path, error);
    }
    if (!this.#failure) return succeeded({ samples: this.#dataBytes / 2 / this.#format.channels });
    rmSync(this.#partPath, { force: true });
    return this.#failure;
  }

  /** Gives up: nothing is left behind. */
  discard(): void {
    closeSync(this.#file);
    rmSync(this.#partPath, { force: true });
  }

  #flush(): void {
    try {
      if (!this.#failure) writeSync(this.#file, this.#pending, 0, this.#pendingBytes);
      this.#dataBytes += this.#pendingBytes;
    } catch (error) {
      this.#failure = unwritable(this.#path, error);
    }
    this.#pendingBytes = 0;
  }

  #header(): Buffer {
    const { sampleRateHz, channels } = this.#format;
    const header = Buffer.alloc(HEADER_BYTES);
    header.write("RIFF", 0, "latin1");
    header.writeUInt32LE(HEADER_BYTES - 8 + this.#dataBytes, 4);
    header.write("WAVEfmt ", 8, "latin1");
    header.writeUInt32LE(16, 16);
    header.writeUInt16LE(1, 20);
    header.writeUInt16LE(channels, 22);
    header.writeUInt32LE(sampleRateHz, 24);
    header.writeUInt32LE(sampleRateHz * channels * 2, 28);
    header.writeUInt16LE(channels * 2, 32);
    header.writeUInt16LE(16, 34);
    header.write("data", 36, "latin1");
    header.writeUInt32LE(this.#dataBytes, 40);
    return header;
  }
}

function partPathOf(path: string): string {
  return `${path}.${process.pid}.part`;
}

function unwritable(path: string, error: unknown): Outcome<never> {
  const reason = error instanceof Error ? error.message : String(error);
  return failed("output-unwritable", "play", `cannot write ${path}: ${reason}`);
}

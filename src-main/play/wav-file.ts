import { succeeded, type Outcome } from "../../src-shared/failure.ts";
import { OutputFile } from "./output-file.ts";

const HEADER_BYTES = 44;
const FLUSH_BYTES = 64 * 1024;
/** What a size field holds when the size does not fit: readers then read to the end of the file. */
const MOST_BYTES = 0xffff_ffff;

/** Shape of a {@link WavFileWriter}. */
export interface WavFormat {
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
}

/**
 * Writes a 16-bit PCM WAV file piece by piece. Like every {@link OutputFile}, it appears under its name only once it is complete. Blocking;
 * for worker threads and commands.
 */
export class WavFileWriter {
  readonly #output: OutputFile;
  readonly #format: WavFormat;
  readonly #pending = Buffer.alloc(FLUSH_BYTES);
  #pendingBytes = 0;
  #dataBytes = 0;

  private constructor(output: OutputFile, format: WavFormat) {
    this.#output = output;
    this.#format = format;
    output.write(this.#header());
  }

  /** Fails with output-unwritable when no file can be made there. */
  static open(path: string, format: WavFormat): Outcome<WavFileWriter> {
    const output = OutputFile.open(path);
    return output.ok ? succeeded(new WavFileWriter(output.value, format)) : output;
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
    this.#output.write(this.#header(), 0);
    const finished = this.#output.finish();
    return finished.ok ? succeeded({ samples: this.#dataBytes / 2 / this.#format.channels }) : finished;
  }

  /** Gives up: nothing is left behind. */
  discard(): void {
    this.#output.discard();
  }

  #flush(): void {
    this.#output.write(this.#pending.subarray(0, this.#pendingBytes));
    this.#dataBytes += this.#pendingBytes;
    this.#pendingBytes = 0;
  }

  #header(): Buffer {
    const { sampleRateHz, channels } = this.#format;
    const header = Buffer.alloc(HEADER_BYTES);
    header.write("RIFF", 0, "latin1");
    header.writeUInt32LE(Math.min(MOST_BYTES, HEADER_BYTES - 8 + this.#dataBytes), 4);
    header.write("WAVEfmt ", 8, "latin1");
    header.writeUInt32LE(16, 16);
    header.writeUInt16LE(1, 20);
    header.writeUInt16LE(channels, 22);
    header.writeUInt32LE(sampleRateHz, 24);
    header.writeUInt32LE(sampleRateHz * channels * 2, 28);
    header.writeUInt16LE(channels * 2, 32);
    header.writeUInt16LE(16, 34);
    header.write("data", 36, "latin1");
    header.writeUInt32LE(Math.min(MOST_BYTES, this.#dataBytes), 40);
    return header;
  }
}

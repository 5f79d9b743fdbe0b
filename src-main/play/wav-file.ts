import { succeeded, type Outcome } from "../../src-shared/failure.ts";
import { toInt16, wavHeader, type WavFormat } from "../files/wav-header.ts";
import { OutputFile } from "./output-file.ts";

const FLUSH_BYTES = 64 * 1024;

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
    output.write(wavHeader(this.#format, this.#dataBytes));
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
      this.#pendingBytes = this.#pending.writeInt16LE(toInt16(sample), this.#pendingBytes);
    }
  }

  /** Completes the file. Fails with output-unwritable when it could not be written as a whole; nothing is left behind then. */
  finish(): Outcome<{ readonly samples: number }> {
    this.#flush();
    this.#output.write(wavHeader(this.#format, this.#dataBytes), 0);
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
}

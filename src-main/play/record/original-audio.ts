import { succeeded, type Outcome } from "../../../src-shared/failure.ts";
import type { StreamEncoding } from "../decode/stream-decoder.ts";
import { OutputFile } from "../output-file.ts";
import { OggOpusPages } from "./ogg-opus-pages.ts";

/** Bytes of a stream that tell m4a from bare aac. */
const TELLING_BYTES = 8;

const EXTENSIONS = {
  mp3: "mp3",
  "ogg-opus": "opus",
  "opus-packets": "opus",
  flac: "flac",
  "ogg-vorbis": "ogg",
  aac: "aac",
} as const satisfies Partial<Record<StreamEncoding, string>>;

type CompressedEncoding = keyof typeof EXTENSIONS;

/**
 * Saves the bytes of a compressed stream as they were received, under the extension of their encoding. Packets of `opus-packets`, which no file
 * can hold bare, go into an Ogg stream. The file is made with the first bytes and appears once it is complete. Blocking.
 */
export class OriginalAudio {
  /** Every extension there can be. */
  static readonly EXTENSIONS: readonly string[] = [...new Set(Object.values(EXTENSIONS)), "m4a"];

  readonly #stem: string;
  readonly #encoding: CompressedEncoding;
  readonly #pages: OggOpusPages | undefined;
  #beginning: Buffer | undefined = Buffer.alloc(0);
  #path = "";
  #output: Outcome<OutputFile> | undefined;

  private constructor(stem: string, encoding: CompressedEncoding) {
    this.#stem = stem;
    this.#encoding = encoding;
    this.#pages = encoding === "opus-packets" ? new OggOpusPages(process.pid) : undefined;
  }

  /** For a path without extension; undefined when the encoding is not a compressed one. */
  static of(stem: string, encoding: StreamEncoding): OriginalAudio | undefined {
    return isCompressed(encoding) ? new OriginalAudio(stem, encoding) : undefined;
  }

  /** Appends bytes, or one packet. A failure is told by `finish`. */
  append(bytes: Uint8Array): void {
    for (const part of this.#pages?.push(bytes) ?? [bytes]) this.#write(part);
  }

  /** Completes the file and returns its path, or undefined when nothing was received. Fails with output-unwritable, leaving nothing behind. */
  finish(): Outcome<string> | undefined {
    for (const part of this.#pages?.finish() ?? []) this.#write(part);
    if (this.#beginning?.length) this.#begin(this.#beginning);
    if (!this.#output?.ok) return this.#output;
    const finished = this.#output.value.finish();
    return finished.ok ? succeeded(this.#path) : finished;
  }

  /** Gives up: nothing is left behind. */
  discard(): void {
    if (this.#output?.ok) this.#output.value.discard();
  }

  #write(bytes: Uint8Array): void {
    if (this.#beginning) {
      this.#beginning = Buffer.concat([this.#beginning, bytes]);
      if (this.#beginning.length >= TELLING_BYTES) this.#begin(this.#beginning);
    } else if (this.#output?.ok) this.#output.value.write(bytes);
  }

  #begin(beginning: Buffer): void {
    this.#beginning = undefined;
    const isM4a = this.#encoding === "aac" && beginning.toString("latin1", 4, TELLING_BYTES) === "ftyp";
    this.#path = `${this.#stem}.${isM4a ? "m4a" : EXTENSIONS[this.#encoding]}`;
    this.#output = OutputFile.open(this.#path);
    if (this.#output.ok) this.#output.value.write(beginning);
  }
}

function isCompressed(encoding: StreamEncoding): encoding is CompressedEncoding {
  return encoding in EXTENSIONS;
}

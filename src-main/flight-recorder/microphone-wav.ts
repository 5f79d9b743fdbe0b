import { open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { makeFolderAsync } from "../files/make-folder.ts";
import { toInt16, WAV_HEADER_BYTES, wavHeader } from "../files/wav-header.ts";
import { writeWhole } from "../files/write-whole.ts";

const FORMAT = { sampleRateHz: RECOGNITION_RATE_HZ, channels: 1 } as const;
const BYTES_PER_SAMPLE = 2;
/** Written at once: a second. */
const BATCH_SAMPLES = RECOGNITION_RATE_HZ;
/** Half a minute that a slow disk may be behind. */
const MOST_PENDING_SAMPLES = 30 * RECOGNITION_RATE_HZ;
/** The size fields of the header hold no more. */
const MOST_SAMPLES = Math.floor((0xffff_ffff - WAV_HEADER_BYTES) / BYTES_PER_SAMPLE);

/**
 * A 16-bit mono WAV file at 16 kHz that grows while it is written, for its owner alone, readable at any time up to the last second. It never
 * blocks. When the disk fails or is half a minute behind, it ends there, and says so once.
 */
export class MicrophoneWav {
  readonly #path: string;
  readonly #onProblem: (path: string, error: Error) => void;
  #file: FileHandle | undefined;
  #pending: Int16Array[] = [];
  #pendingSamples = 0;
  #writtenSamples = 0;
  #samples = 0;
  #isOver = false;
  #hasTold = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, onProblem: (path: string, error: Error) => void) {
    this.#path = path;
    this.#onProblem = onProblem;
  }

  /** Samples taken so far. */
  get samples(): number {
    return this.#samples;
  }

  /** Takes samples in [-1, 1]; false when no more are taken. */
  append(pcm: Float32Array): boolean {
    if (this.#isOver) return false;
    if (this.#pendingSamples > MOST_PENDING_SAMPLES || this.#samples + pcm.length > MOST_SAMPLES) {
      this.#end(new Error("the disk is too slow, or the file too long"));
      return false;
    }
    this.#pending.push(Int16Array.from(pcm, toInt16));
    this.#pendingSamples += pcm.length;
    this.#samples += pcm.length;
    if (this.#pendingSamples >= BATCH_SAMPLES) this.#writing = this.#writing.then(() => this.#writePending());
    return true;
  }

  /** Completes the file. Never rejects. */
  async close(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writePending());
    this.#isOver = true;
    await this.#writing;
    await this.#file?.close().catch(() => {});
  }

  async #writePending(): Promise<void> {
    const pieces = this.#pending.splice(0);
    const count = this.#pendingSamples;
    this.#pendingSamples = 0;
    if (count === 0) return;
    try {
      const file = (this.#file ??= await this.#create());
      const bytes = Buffer.concat(pieces.map(({ buffer }) => Buffer.from(buffer)));
      await writeWhole(file, bytes, { atByte: WAV_HEADER_BYTES + this.#writtenSamples * BYTES_PER_SAMPLE });
      this.#writtenSamples += count;
      await writeWhole(file, wavHeader(FORMAT, this.#writtenSamples * BYTES_PER_SAMPLE), { atByte: 0 });
    } catch (error) {
      this.#end(error as Error);
    }
  }

  async #create(): Promise<FileHandle> {
    await makeFolderAsync(dirname(this.#path));
    return open(this.#path, "wx", 0o600);
  }

  #end(error: Error): void {
    if (!this.#hasTold) this.#onProblem(this.#path, error);
    this.#hasTold = true;
    this.#isOver = true;
    this.#pending = [];
    this.#pendingSamples = 0;
  }
}

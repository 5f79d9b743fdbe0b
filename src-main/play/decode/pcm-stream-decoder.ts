import { BYTES_PER_SAMPLE, readMonoSamples, type SampleLayout } from "./mono-samples.ts";
import type { DecodedPiece, StreamDecoder } from "./stream-decoder.ts";

/** What a stream of bare samples does not say itself. `channels`: 1 or more, interleaved. */
export interface PcmLayout {
  readonly samples: SampleLayout;
  readonly sampleRateHz: number;
  readonly channels: number;
}

/**
 * Bare interleaved samples to mono. A frame that is cut waits for its rest in a few bytes of its own; everything else is converted in one
 * block per push. Frames that are not finite become 0, and each run of them counts as one decode error.
 */
export class PcmStreamDecoder implements StreamDecoder {
  decodeErrors = 0;
  isTruncated = false;
  readonly #layout: PcmLayout;
  readonly #isFloat: boolean;
  readonly #cutFrame: Uint8Array;
  #cutBytes = 0;
  #isInBadRun = false;
  #isOver = false;

  constructor(layout: PcmLayout) {
    this.#layout = layout;
    this.#isFloat = layout.samples === "f32le" || layout.samples === "f64le";
    this.#cutFrame = new Uint8Array(BYTES_PER_SAMPLE[layout.samples] * layout.channels);
  }

  push(bytes: Uint8Array): Promise<readonly DecodedPiece[]> {
    return Promise.resolve(this.read(bytes));
  }

  finish(): Promise<readonly DecodedPiece[]> {
    this.isTruncated = this.#cutBytes > 0;
    return this.close().then(() => []);
  }

  close(): Promise<void> {
    this.#cutBytes = 0;
    this.#isOver = true;
    return Promise.resolve();
  }

  /** As `push`, at once. */
  read(bytes: Uint8Array): readonly DecodedPiece[] {
    const pieces: DecodedPiece[] = [];
    if (bytes.length === 0 || this.#isOver) return pieces;
    const frameBytes = this.#cutFrame.length;
    const missing = this.#cutBytes > 0 ? Math.min(frameBytes - this.#cutBytes, bytes.length) : 0;
    if (missing > 0) {
      this.#cutFrame.set(bytes.subarray(0, missing), this.#cutBytes);
      this.#cutBytes += missing;
      if (this.#cutBytes < frameBytes) return pieces;
      this.#cutBytes = 0;
      pieces.push(this.#convert(this.#cutFrame));
    }
    const wholeEnd = bytes.length - ((bytes.length - missing) % frameBytes);
    if (wholeEnd > missing) pieces.push(this.#convert(bytes.subarray(missing, wholeEnd)));
    this.#cutFrame.set(bytes.subarray(wholeEnd));
    this.#cutBytes = bytes.length - wholeEnd;
    return pieces;
  }

  #convert(frames: Uint8Array): DecodedPiece {
    const { samples, channels, sampleRateHz } = this.#layout;
    const pcm = readMonoSamples(frames, samples, channels);
    if (this.#isFloat) this.#silenceNonFinite(pcm);
    return { pcm, sampleRateHz };
  }

  #silenceNonFinite(pcm: Float32Array): void {
    for (let index = 0; index < pcm.length; index++) {
      const isBad = !Number.isFinite(pcm[index]);
      if (isBad) pcm[index] = 0;
      if (isBad && !this.#isInBadRun) this.decodeErrors++;
      this.#isInBadRun = isBad;
    }
  }
}

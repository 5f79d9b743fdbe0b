import { RECOGNITION_FRAME_SAMPLES } from "../../../src-shared/audio-format.ts";
import { RecognitionResampler } from "./recognition-resampler.ts";

/** Audio is resampled in pieces of at most this much: a fifth of a second. */
const LONGEST_PIECE_SAMPLES = 4_800;

type Entry = { readonly pcm: Float32Array } | { readonly onReached: () => void };

/** What was written and not heard yet: samples at CAPTURE_RATE_HZ in, whole frames at RECOGNITION_RATE_HZ out, and marks between them. */
export class FrameQueue {
  readonly #entries: Entry[] = [];
  readonly #resampler = new RecognitionResampler();
  #ready: Float32Array<ArrayBuffer> = new Float32Array();
  #writtenSamples = 0;

  /** Everything that was ever written, at CAPTURE_RATE_HZ. */
  get writtenSamples(): number {
    return this.#writtenSamples;
  }

  /** What was taken in and is less than a frame. */
  get rest(): Float32Array {
    return this.#ready.slice();
  }

  /** `pcm` is copied. */
  write(pcm: Float32Array): void {
    this.#writtenSamples += pcm.length;
    const copy = pcm.slice();
    for (let start = 0; start < copy.length; start += LONGEST_PIECE_SAMPLES) {
      this.#entries.push({ pcm: copy.subarray(start, start + LONGEST_PIECE_SAMPLES) });
    }
  }

  /** `onReached` is called once all that was written before has been taken. */
  mark(onReached: () => void): void {
    this.#entries.push({ onReached });
  }

  /** Up to `mostFrames` whole frames, as many as there are before the next mark; possibly none. */
  take(mostFrames: number): Float32Array<ArrayBuffer> {
    const wanted = mostFrames * RECOGNITION_FRAME_SAMPLES;
    const pieces = [this.#ready];
    let length = this.#ready.length;
    for (let next = this.#entries[0]; next && "pcm" in next && length < wanted; next = this.#entries[0]) {
      const piece = this.#resampler.process(next.pcm);
      pieces.push(piece);
      length += piece.length;
      this.#entries.shift();
    }
    const all = new Float32Array(length);
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    const taken = Math.min(wanted, length - (length % RECOGNITION_FRAME_SAMPLES));
    this.#ready = all.slice(taken);
    return all.slice(0, taken);
  }

  /** Passes the mark that is next, when all before it was taken. Returns whether there was one. */
  passNextMark(): boolean {
    const [next] = this.#entries;
    if (!next || !("onReached" in next)) return false;
    this.#entries.shift();
    next.onReached();
    return true;
  }

  /** Passes all marks and drops the audio between them. */
  passMarks(): void {
    for (const entry of this.#entries.splice(0)) {
      if ("onReached" in entry) entry.onReached();
    }
  }
}

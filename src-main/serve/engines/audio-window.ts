import { RECOGNITION_RATE_HZ, msToSamples, samplesToMs } from "../../../src-shared/audio-format.ts";

/** Audio at RECOGNITION_RATE_HZ that grows at its end and is let go of at its start, addressed in ms of its stream. */
export class AudioWindow {
  readonly #pieces: Float32Array[] = [];
  /** Of the first piece, on the stream. */
  #firstSample: number;
  #startSample: number;
  #endSample: number;

  constructor(startMs: number) {
    this.#startSample = msToSamples(startMs, RECOGNITION_RATE_HZ);
    this.#firstSample = this.#startSample;
    this.#endSample = this.#startSample;
  }

  get startMs(): number {
    return samplesToMs(this.#startSample, RECOGNITION_RATE_HZ);
  }

  get endMs(): number {
    return samplesToMs(this.#endSample, RECOGNITION_RATE_HZ);
  }

  /** `pcm` is kept, and not copied. */
  append(pcm: Float32Array): void {
    this.#pieces.push(pcm);
    this.#endSample += pcm.length;
  }

  /** Lets go of what is before, as far as it is there. */
  startAt(startMs: number): void {
    const sample = msToSamples(startMs, RECOGNITION_RATE_HZ);
    this.#startSample = Math.min(this.#endSample, Math.max(this.#startSample, sample));
    for (let first = this.#pieces[0]; first; first = this.#pieces[0]) {
      if (this.#firstSample + first.length > this.#startSample) return;
      this.#firstSample += first.length;
      this.#pieces.shift();
    }
  }

  /** Copies all up to `untilMs`, as far as it is there. */
  copy(untilMs: number): Float32Array {
    const end = Math.min(this.#endSample, Math.max(this.#startSample, msToSamples(untilMs, RECOGNITION_RATE_HZ)));
    const out = new Float32Array(end - this.#startSample);
    let at = this.#firstSample - this.#startSample;
    for (const piece of this.#pieces) {
      const from = Math.max(0, at);
      if (from < out.length) out.set(piece.subarray(from - at, out.length - at), from);
      at += piece.length;
    }
    return out;
  }
}

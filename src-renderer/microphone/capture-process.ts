import { CAPTURE_FRAME_SAMPLES } from "../../src-shared/audio-format.ts";

/**
 * Cuts the microphone's render quanta into frames and measures their level. The frame's array is reused: whoever gets it copies it before
 * the next call, as posting does. Allocates nothing.
 */
export class CaptureProcess {
  readonly frame = new Float32Array(CAPTURE_FRAME_SAMPLES);
  #filled = 0;

  /** Takes one quantum of any length up to a frame. Returns how many of its samples belong after the completed frame, or -1 when none is complete. */
  push(quantum: Float32Array): number {
    const room = this.frame.length - this.#filled;
    const count = Math.min(room, quantum.length);
    for (let index = 0; index < count; index++) this.frame[this.#filled + index] = quantum[index] as number;
    this.#filled += count;
    if (this.#filled < this.frame.length) return -1;
    this.#filled = 0;
    return quantum.length - count;
  }

  /** Root mean square of the frame, 0 to 1. */
  get levelRatio(): number {
    let sum = 0;
    for (const sample of this.frame) sum += sample * sample;
    return Math.sqrt(sum / this.frame.length);
  }
}

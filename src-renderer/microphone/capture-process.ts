import { CAPTURE_FRAME_SAMPLES } from "../../src-shared/audio-format.ts";

/** Frames between two levels: about ten levels a second. */
const FRAMES_PER_LEVEL = 3;

/** Who gets what a {@link CaptureProcess} makes. Called on the audio thread. */
export interface CaptureListener {
  /** A frame of CAPTURE_FRAME_SAMPLES samples, to be copied before returning, as posting does; its end in samples of the context's time. */
  readonly onFrame: (pcm: Float32Array, endSample: number) => void;
  /** Root mean square, 0 to 1, of the loudest of the latest frames. */
  readonly onLevel: (levelRatio: number) => void;
}

/** Cuts the microphone's render quanta into frames and measures their level. `push` allocates nothing. */
export class CaptureProcess {
  readonly #listener: CaptureListener;
  readonly #frame = new Float32Array(CAPTURE_FRAME_SAMPLES);
  #filled = 0;
  #expectedSample = 0;
  #loudestRatio = 0;
  #framesSinceLevel = 0;

  constructor(listener: CaptureListener) {
    this.#listener = listener;
  }

  /** Takes a quantum of any length that begins at `startSample`. A frame never spans a hole: what was before it is dropped. */
  push(quantum: Float32Array, startSample: number): void {
    if (startSample !== this.#expectedSample) this.#filled = 0;
    this.#expectedSample = startSample + quantum.length;
    for (let index = 0; index < quantum.length; index++) {
      this.#frame[this.#filled++] = quantum[index] as number;
      if (this.#filled === this.#frame.length) this.#complete(startSample + index + 1);
    }
  }

  /** What follows does so without a hole, although it begins so many samples before the end of what came last. */
  catchUp(lagSamples: number): void {
    this.#expectedSample -= lagSamples;
  }

  #complete(endSample: number): void {
    this.#filled = 0;
    this.#listener.onFrame(this.#frame, endSample);
    let squares = 0;
    for (let index = 0; index < this.#frame.length; index++) squares += (this.#frame[index] as number) ** 2;
    this.#loudestRatio = Math.max(this.#loudestRatio, Math.sqrt(squares / this.#frame.length));
    if (++this.#framesSinceLevel < FRAMES_PER_LEVEL) return;
    this.#listener.onLevel(this.#loudestRatio);
    this.#loudestRatio = 0;
    this.#framesSinceLevel = 0;
  }
}

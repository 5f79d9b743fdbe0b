import { FRAME_MS, RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";

/** Clocks and capture jitter by less than this. */
const LEAST_GAP_SAMPLES = (2 * FRAME_MS * RECOGNITION_RATE_HZ) / 1000;

/**
 * The last minute of microphone audio at RECOGNITION_RATE_HZ, addressed by time, so that an utterance can begin before it was noticed.
 * Silence takes the place of frames that never came. Appending allocates nothing.
 */
export class UtteranceBuffer {
  readonly #samples: Float32Array;
  #written = 0;
  #endedAtMs = 0;

  constructor(capacityMs = 60_000) {
    this.#samples = new Float32Array((capacityMs * RECOGNITION_RATE_HZ) / 1000);
  }

  /** `endedAtMs`: time just after the last sample of `pcm`. */
  append(pcm: Float32Array, endedAtMs: number): void {
    const capacity = this.#samples.length;
    const missing = this.#written === 0 ? 0 : this.#indexAt(endedAtMs) - pcm.length - this.#written;
    if (missing > LEAST_GAP_SAMPLES) this.#addSilence(Math.min(missing, capacity));
    const start = this.#written % capacity;
    const first = Math.min(pcm.length, capacity - start);
    this.#samples.set(pcm.subarray(0, first), start);
    this.#samples.set(pcm.subarray(first), 0);
    this.#written += pcm.length;
    this.#endedAtMs = endedAtMs;
  }

  /** Copies the audio from `fromMs` to `toMs`, as far as it is still (or already) there. */
  slice(fromMs: number, toMs: number): Float32Array {
    const oldest = Math.max(0, this.#written - this.#samples.length);
    const from = Math.min(this.#written, Math.max(oldest, this.#indexAt(fromMs)));
    const to = Math.max(from, Math.min(this.#written, this.#indexAt(toMs)));
    const out = new Float32Array(to - from);
    const capacity = this.#samples.length;
    const start = from % capacity;
    const first = Math.min(out.length, capacity - start);
    out.set(this.#samples.subarray(start, start + first), 0);
    out.set(this.#samples.subarray(0, out.length - first), first);
    return out;
  }

  #addSilence(samples: number): void {
    const capacity = this.#samples.length;
    const start = this.#written % capacity;
    this.#samples.fill(0, start, start + samples);
    this.#samples.fill(0, 0, Math.max(0, start + samples - capacity));
    this.#written += samples;
  }

  #indexAt(timeMs: number): number {
    return this.#written + Math.round(((timeMs - this.#endedAtMs) * RECOGNITION_RATE_HZ) / 1000);
  }
}

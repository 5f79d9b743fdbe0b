import { PLAYBACK_RATE_HZ } from "../../../src-shared/audio-format.ts";
import type { PcmRing } from "../../../src-shared/pcm-ring.ts";
import { StreamingResampler } from "../../streaming-resampler.ts";

/** Often enough to notice soon that the stream was stopped, and to let sockets and timers live. */
const WAIT_MS = 20;
/** Resampled at once: a page of Ogg Opus is a second long, and its beginning should be heard while the rest is resampled. */
const PIECE_SAMPLES = 2_400;

/**
 * Writes samples of 4 to 192 kHz to the player's ring at PLAYBACK_RATE_HZ, and waits while the ring is full: nothing is dropped. Blocks its thread
 * for a few ms at a time, so not for the main thread.
 */
export class RingWriter {
  readonly #ring: PcmRing;
  readonly #generation: number;
  readonly #onWritten: (pcm: Float32Array) => void;
  #resampler: StreamingResampler | undefined;
  #rateHz = 0;
  #samples = 0;

  /** `onWritten` gets everything that was written, once. */
  constructor(ring: PcmRing, generation: number, onWritten: (pcm: Float32Array) => void) {
    this.#ring = ring;
    this.#generation = generation;
    this.#onWritten = onWritten;
    ring.beginWriting(generation);
  }

  /** Samples written. */
  get samples(): number {
    return this.#samples;
  }

  /** The player wants no more. */
  get isVoid(): boolean {
    return this.#ring.generation !== this.#generation;
  }

  /** The length of the whole stream, as far as can be told. */
  expect(totalSamples: number): void {
    if (!this.isVoid) this.#ring.expect(Math.round(totalSamples));
  }

  /**
   * Takes mono samples; resolves when they are in the ring, or when the player wants no more. Throws a FailureError (input-unreadable) for a
   * rate that cannot be played.
   */
  async write(pcm: Float32Array, sampleRateHz: number): Promise<void> {
    if (sampleRateHz !== this.#rateHz) {
      await this.finish();
      this.#rateHz = sampleRateHz;
      this.#resampler = await StreamingResampler.create(sampleRateHz, PLAYBACK_RATE_HZ);
    }
    for (let start = 0; this.#resampler && start < pcm.length && !this.isVoid; start += PIECE_SAMPLES) {
      await this.#put(this.#resampler.process(pcm.subarray(start, start + PIECE_SAMPLES)));
    }
  }

  /** Writes what the resampler holds back. */
  async finish(): Promise<void> {
    const resampler = this.#resampler;
    this.#resampler = undefined;
    if (resampler) await this.#put(resampler.finish());
  }

  async #put(pcm: Float32Array): Promise<void> {
    for (let offset = 0; offset < pcm.length;) {
      const count = this.#ring.write(pcm, offset, pcm.length - offset, this.#generation);
      if (count < 0) return;
      this.#onWritten(pcm.subarray(offset, offset + count));
      offset += count;
      this.#samples += count;
      if (offset === pcm.length) return;
      this.#ring.waitForSpace(WAIT_MS);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

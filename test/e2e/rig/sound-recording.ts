import { ROOM_RATE_HZ } from "./sound-room.ts";

/** How far around a cut the arrival times are searched for the least delayed chunk. */
const CLOCK_WINDOW_MS = 3_000;

interface Chunk {
  readonly pcm: Float32Array;
  readonly firstSample: number;
  /** Epoch ms of the recording's first sample, as this chunk's arrival tells it: late chunks say too much, never too little. */
  readonly originAtMs: number;
}

/**
 * A recording that never stops, found again by wall clock. A chunk's arrival says when its last sample was recorded, plus some delay; the
 * least delayed chunk nearby sets the clock.
 */
export class SoundRecording {
  readonly #chunks: Chunk[] = [];
  #samples = 0;

  /** Adds samples that arrived at `arrivedAtMs`, epoch ms. */
  append(pcm: Float32Array, arrivedAtMs: number): void {
    const firstSample = this.#samples;
    this.#samples += pcm.length;
    this.#chunks.push({ pcm, firstSample, originAtMs: arrivedAtMs - toMs(this.#samples) });
  }

  /** The samples from one instant to another, epoch ms; shorter where nothing was recorded yet. */
  cut(fromMs: number, toMs_: number): Float32Array {
    const originAtMs = this.#originAtMs(fromMs, toMs_);
    const from = Math.max(0, toSamples(fromMs - originAtMs));
    const to = Math.min(this.#samples, toSamples(toMs_ - originAtMs));
    const out = new Float32Array(Math.max(0, to - from));
    for (const { pcm, firstSample } of this.#chunks) {
      const begin = Math.max(from, firstSample);
      const end = Math.min(to, firstSample + pcm.length);
      if (begin < end) out.set(pcm.subarray(begin - firstSample, end - firstSample), begin - from);
    }
    return out;
  }

  #originAtMs(fromMs: number, toMs_: number): number {
    let nearby = Infinity;
    let anywhere = Infinity;
    for (const { pcm, firstSample, originAtMs } of this.#chunks) {
      const arrivedAtMs = originAtMs + toMs(firstSample + pcm.length);
      anywhere = Math.min(anywhere, originAtMs);
      if (arrivedAtMs > fromMs - CLOCK_WINDOW_MS && arrivedAtMs < toMs_ + CLOCK_WINDOW_MS) {
        nearby = Math.min(nearby, originAtMs);
      }
    }
    return nearby === Infinity ? anywhere : nearby;
  }
}

function toMs(samples: number): number {
  return (samples * 1000) / ROOM_RATE_HZ;
}

function toSamples(ms: number): number {
  return Math.round((ms * ROOM_RATE_HZ) / 1000);
}

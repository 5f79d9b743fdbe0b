import type { TraceArrival } from "./arrival-trace.ts";
import type { JitterSpec } from "./jitter-spec.ts";
import { seededRandom } from "./seeded-random.ts";

/** 24 kHz, 16 bit, mono. */
const PCM_BYTES_PER_SECOND = 48_000;
/** Shortest time after which TCP sends again what was not acknowledged (Linux, TCP_RTO_MIN). */
const RETRANSMISSION_MS = 200;
/** One clump in so much audio, on average. */
const CLUMP_EVERY_MS = 2_000;
const USUAL_DELAY_RATIO = 0.04;
/** Sums of durations are not exact. */
const ROUNDING_MS = 1e-6;
const ROUNDING_BYTES = 0.5;

/**
 * When the chunks of a stream arrive, in ms since it was opened, according to a spec. `chunkDurationsMs` is the audio in each chunk. The list is
 * shorter where the stream breaks off before. `bytesPerSecond` of audio counts for recorded traces alone. The same seed gives the same times.
 * Pure.
 */
export function arrivalTimes(
  spec: JitterSpec,
  chunkDurationsMs: readonly number[],
  seed: number,
  bytesPerSecond = PCM_BYTES_PER_SECOND,
): number[] {
  const schedule = new ArrivalSchedule(spec, seed, bytesPerSecond);
  const times: number[] = [];
  const { errorAfterAudioMs = Infinity } = spec;
  let whole = 0;
  for (let audioMs = 0; whole < chunkDurationsMs.length; whole++) {
    audioMs += chunkDurationsMs[whole] ?? 0;
    if (audioMs > errorAfterAudioMs + ROUNDING_MS) break;
  }
  const groupLength = burstLengthOf(spec);
  for (let start = 0; start < whole; start += groupLength)
    times.push(...schedule.arrivalsOf(chunkDurationsMs.slice(start, Math.min(start + groupLength, whole))));
  return times;
}

/** Chunks that arrive together. Pure. */
export function burstLengthOf({ trace, burstChunks }: JitterSpec): number {
  return trace ? 1 : burstChunks;
}

/** The core of {@link arrivalTimes}, for streams whose chunks are not all known beforehand. */
export class ArrivalSchedule {
  readonly #spec: JitterSpec;
  readonly #random: () => number;
  readonly #dueMs: (audioMs: number) => number;
  readonly #stalls: readonly { readonly afterAudioMs: number; readonly overAtMs: number }[];
  #audioMs = 0;
  #latestMs = 0;

  constructor(spec: JitterSpec, seed: number, bytesPerSecond = PCM_BYTES_PER_SECOND) {
    this.#spec = spec;
    this.#random = seededRandom(seed);
    const paceMs = spec.trace ? tracePace(spec.trace, bytesPerSecond) : (audioMs: number) => audioMs * spec.paceRatio;
    this.#dueMs = (audioMs) => spec.slowStartMs + paceMs(audioMs);
    this.#stalls = spec.stalls.map(({ durationMs, afterAudioMs }) => ({
      afterAudioMs,
      overAtMs: this.#dueMs(afterAudioMs) + durationMs,
    }));
  }

  /** Arrivals of the next chunks, which come as one burst, from the audio in each. Never decreasing. */
  arrivalsOf(durationsMs: readonly number[]): number[] {
    const dueMs = this.#dueMs(durationsMs.reduce((sum, durationMs) => sum + durationMs, this.#audioMs));
    return durationsMs.map((durationMs) => {
      this.#audioMs += durationMs;
      let arrivalMs = dueMs + this.#wifiDelayMs(durationMs) + this.#lossDelayMs();
      for (const { afterAudioMs, overAtMs } of this.#stalls)
        if (this.#audioMs > afterAudioMs + ROUNDING_MS) arrivalMs = Math.max(arrivalMs, overAtMs);
      this.#latestMs = Math.max(this.#latestMs, arrivalMs);
      return this.#latestMs;
    });
  }

  /** Exponential around a few ms; a clump is anything from a third of the most to the most. */
  #wifiDelayMs(durationMs: number): number {
    const { wifiMostMs } = this.#spec;
    if (wifiMostMs === 0) return 0;
    const usualMs = -Math.log(1 - this.#random()) * USUAL_DELAY_RATIO * wifiMostMs;
    const isClump = this.#random() < 1 - Math.exp(-durationMs / CLUMP_EVERY_MS);
    const clumpMs = (1 + 2 * this.#random()) * (wifiMostMs / 3);
    return isClump ? clumpMs : Math.min(usualMs, wifiMostMs);
  }

  #lossDelayMs(): number {
    const { lossProbability } = this.#spec;
    return lossProbability > 0 && this.#random() < lossProbability ? RETRANSMISSION_MS : 0;
  }
}

/** When a trace had brought the bytes of so much audio; what is beyond it comes with its last. */
function tracePace(trace: readonly TraceArrival[], bytesPerSecond: number): (audioMs: number) => number {
  let sum = 0;
  const bytesBy = trace.map(({ bytes }) => (sum += bytes));
  return (audioMs) => {
    const wantedBytes = (audioMs / 1000) * bytesPerSecond - ROUNDING_BYTES;
    let [low, high] = [0, trace.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((bytesBy[middle] ?? 0) < wantedBytes) low = middle + 1;
      else high = middle;
    }
    return trace[low]?.arrivalMs ?? 0;
  };
}

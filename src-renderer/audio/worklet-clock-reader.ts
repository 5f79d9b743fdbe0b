import type { WorkletClock } from "./worklet-clock.ts";

/** While the context stands still, its output timestamp stays behind by more than any sound card buffers. */
const STALE_MS = 500;
/** The browser renders in bursts, and its page reads late when it is busy: two seconds of readings even that out. */
const RENDER_READINGS = 8;
/** What a sound server reports of its latency can be wrong by 50 ms and stay so for seconds, the latency itself seldom changes: half a minute. */
const LATENCY_READINGS = 120;

/** What is read of an AudioContext; times in seconds, but `performanceTime` in ms. */
export type ContextClock = Pick<AudioContext, "currentTime" | "outputLatency" | "baseLatency" | "getOutputTimestamp">;

/**
 * Relates the time of a context to epoch ms: when its samples are rendered from its current time, when they are heard from the instant that
 * the sound card reports for a sample. Medians of readings, made again and again. Page thread.
 */
export class WorkletClockReader {
  readonly #context: ContextClock;
  readonly #timeOriginMs: number;
  #renderOriginsMs: readonly number[] = [];
  #latenciesMs: readonly number[] = [];

  /** `timeOriginMs`: `performance.timeOrigin`. */
  constructor(context: ContextClock, timeOriginMs: number) {
    this.#context = context;
    this.#timeOriginMs = timeOriginMs;
  }

  /** `nowMs`: `performance.now()`. */
  read(nowMs: number): WorkletClock {
    const { currentTime, outputLatency, baseLatency } = this.#context;
    const { contextTime = 0, performanceTime = 0 } = this.#context.getOutputTimestamp();
    const renderOriginMs = nowMs - currentTime * 1000;
    this.#renderOriginsMs = [...this.#renderOriginsMs, renderOriginMs].slice(-RENDER_READINGS);
    const latencyMs = performanceTime - contextTime * 1000 - renderOriginMs;
    if (contextTime > 0 && performanceTime > 0 && Math.abs(latencyMs) < STALE_MS) {
      this.#latenciesMs = [...this.#latenciesMs, latencyMs].slice(-LATENCY_READINGS);
    }
    const originMs = this.#timeOriginMs + median(this.#renderOriginsMs);
    const medianLatencyMs =
      this.#latenciesMs.length > 0 ? median(this.#latenciesMs) : (outputLatency || baseLatency) * 1000;
    return { kind: "clock", renderOriginMs: originMs, audibleOriginMs: originMs + medianLatencyMs };
  }

  /** The context stood still, or goes on. */
  forget(): void {
    this.#renderOriginsMs = this.#latenciesMs = [];
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

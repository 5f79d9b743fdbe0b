import type { WorkletClock } from "./worklet-clock.ts";

/** While the context stands still, its output timestamp stays behind by more than any sound card buffers. */
const STALE_MS = 500;

/** What is read of an AudioContext; times in seconds, but `performanceTime` in ms. */
export type ContextClock = Pick<AudioContext, "currentTime" | "outputLatency" | "baseLatency" | "getOutputTimestamp">;

/**
 * Relates the time of a context to epoch ms, from the instant that the sound card reports for a sample. Where that is missing or stale, from
 * the time of the latest rendered block. `nowMs` and `timeOriginMs` are `performance.now()` and `performance.timeOrigin`.
 */
export function readWorkletClock(context: ContextClock, nowMs: number, timeOriginMs: number): WorkletClock {
  const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
  const latencyMs = (context.outputLatency || context.baseLatency) * 1000;
  const roughOriginMs = nowMs - context.currentTime * 1000;
  const originMs = performanceTime - contextTime * 1000 - latencyMs;
  const isSound = contextTime > 0 && performanceTime > 0 && Math.abs(originMs - roughOriginMs) < STALE_MS;
  const renderOriginMs = timeOriginMs + (isSound ? originMs : roughOriginMs);
  return { kind: "clock", renderOriginMs, audibleOriginMs: renderOriginMs + latencyMs };
}

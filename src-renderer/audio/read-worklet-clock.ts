import type { WorkletClock } from "./worklet-clock.ts";

/** Reads the clock of a context. */
export function readWorkletClock(context: AudioContext): WorkletClock {
  const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
  const latencyMs = (context.outputLatency || context.baseLatency) * 1000;
  if (contextTime === 0 || performanceTime === 0) {
    const renderOriginMs = performance.timeOrigin + performance.now() - context.currentTime * 1000;
    return { kind: "clock", renderOriginMs, audibleOriginMs: renderOriginMs + latencyMs };
  }
  const audibleOriginMs = performance.timeOrigin + performanceTime - contextTime * 1000;
  return { kind: "clock", renderOriginMs: audibleOriginMs - latencyMs, audibleOriginMs };
}

import type { Clock } from "./turn/ports.ts";

/** The session clock: epoch ms that never jumps, the same in every thread of this process and, to within 1 ms, in the renderer. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** The process's own clock and timers. */
export const processClock: Clock = {
  nowMs,
  schedule(atMs, callback) {
    const timer = setTimeout(callback, Math.max(0, atMs - nowMs()));
    return () => clearTimeout(timer);
  },
};

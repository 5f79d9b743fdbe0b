import type { Clock } from "./turn/ports.ts";

/** The session clock: epoch ms that never jumps, the same in every thread of this process. Pages have their own: `window/page-clock.ts`. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** The session clock and its timers: for everything within a conversation. */
export const sessionClock: Clock = { nowMs, schedule: scheduleBy(nowMs) };

/** The clock on the wall, which jumps when it is set or the machine slept: for timers and alarms. */
export const wallClock: Clock = { nowMs: Date.now, schedule: scheduleBy(Date.now) };

function scheduleBy(clockMs: () => number): Clock["schedule"] {
  return (atMs, callback) => {
    const timer = setTimeout(callback, Math.max(0, atMs - clockMs()));
    return () => clearTimeout(timer);
  };
}

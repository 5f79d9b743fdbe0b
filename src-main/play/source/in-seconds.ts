/** A duration for people: "10 s", "0.25 s". Pure. */
export function inSeconds(durationMs: number): string {
  return `${Math.round(durationMs) / 1000} s`;
}

/** What {@link metricsLine} says of a reply. Times in ms; a time that was not measured is missing. */
export interface ReportedMetrics {
  /** Request to the first sample that can be heard. */
  readonly ttfaMs?: number | undefined;
  /** Request to the last byte. */
  readonly generationMs?: number | undefined;
  readonly playbackMs?: number | undefined;
  readonly underruns: number;
  readonly underrunTotalMs: number;
  readonly stretchedMs: number;
  readonly decodeErrors: number;
}

/** One line for people: `ttfa 0.21s · gen 0.80s · play 3.41s · 2 underruns (0.34s) · stretched 0.12s · 1 decode error`. */
export function metricsLine(metrics: ReportedMetrics): string {
  const { ttfaMs, generationMs, playbackMs, underruns, underrunTotalMs, stretchedMs, decodeErrors } = metrics;
  const parts = [
    ttfaMs === undefined ? "" : `ttfa ${seconds(ttfaMs)}`,
    generationMs === undefined ? "" : `gen ${seconds(generationMs)}`,
    playbackMs === undefined ? "" : `play ${seconds(playbackMs)}`,
    underruns > 0 ? `${counted(underruns, "underrun")} (${seconds(underrunTotalMs)})` : "0 underruns",
    stretchedMs > 0 ? `stretched ${seconds(stretchedMs)}` : "",
    decodeErrors > 0 ? counted(decodeErrors, "decode error") : "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)}s`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

import type { LabEvent, LabPlay } from "../../../src-shared/playback-lab.ts";
import type { StreamMetrics } from "../../../src-shared/stream-metrics.ts";

/** A text, started adaptively and undisturbed, unless stated. */
export function labPlay(change: Partial<LabPlay> = {}): LabPlay {
  return {
    source: { kind: "text", text: "Nothing may interrupt this." },
    startPolicy: { kind: "adaptive" },
    jitter: "",
    chunkBytes: 0,
    seed: 1,
    ...change,
  };
}

/** A level: everything that has arrived by then is heard but 200 ms. */
export function labLevel(
  atMs: number,
  change: Partial<LabEvent & { kind: "level" }> = {},
): LabEvent & { kind: "level" } {
  return {
    kind: "level",
    atMs,
    receivedMs: atMs,
    bufferedMs: 200,
    underruns: 0,
    stretchedMs: 0,
    slowBelowMs: 80,
    ...change,
  };
}

/** Metrics of a reply of 3.4 s without a gap, unless stated. */
export function labMetrics(change: Partial<StreamMetrics> = {}): StreamMetrics {
  return {
    ttfbMs: 40,
    firstSampleDecodedMs: 60,
    ttfaMs: 210,
    leadingSilenceMs: 20,
    generationMs: 800,
    playbackMs: 3_410,
    audioMs: 3_400,
    rtf: 0.24,
    underruns: 0,
    underrunTotalMs: 0,
    underrunMaxMs: 0,
    stretchedMs: 0,
    bufferMinMs: 120,
    bufferMeanMs: 900,
    bufferP05Ms: 140,
    startThresholdMs: 40,
    chunksReceived: 34,
    bytesReceived: 163_200,
    samplesPlayed: 81_600,
    decodeErrors: 0,
    chunksAfterEnd: 0,
    audioPath: "renderer",
    ...change,
  };
}

/** A run of 4 s over a slow network: buffer that drains, slowed down from 1 s on, one gap at 2.4 s. Ends with its metrics. */
export function slowRun(): LabEvent[] {
  const levels = Array.from({ length: 100 }, (_, index): LabEvent => {
    const atMs = 100 + index * 40;
    const receivedMs = atMs / 1.2;
    const stretchedMs = Math.max(0, Math.min(atMs, 2_300) - 1_000) / 10;
    const bufferedMs = atMs < 2_400 ? Math.max(0, 320 - atMs / 7.2) : 60 + ((atMs * 7) % 90);
    return labLevel(atMs, { receivedMs, bufferedMs, stretchedMs, underruns: atMs < 2_400 ? 0 : 1 });
  });
  const events: LabEvent[] = [{ kind: "began" }, ...levels.slice(0, 6), { kind: "audible", atMs: 310 }];
  events.push(...levels.slice(6, 58), { kind: "starved", atMs: 2_400 }, ...levels.slice(58));
  const metrics = labMetrics({ ttfaMs: 310, underruns: 1, underrunTotalMs: 140, underrunMaxMs: 140, stretchedMs: 130 });
  return [...events, { kind: "finished", interrupted: false, metrics, failure: undefined }];
}

import { PLAYBACK_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import type { PlaybackCounters } from "../../src-shared/speaker-protocol.ts";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";
import type { SourceTally } from "./source-ledger.ts";

/** What the player knows of a reply when it is over. Times on the session clock. */
export interface ReplyObservations {
  readonly requestedAtMs: number;
  readonly firstWriteAtMs: number | undefined;
  readonly lastWriteAtMs: number | undefined;
  readonly firstAudibleAtMs: number | undefined;
  readonly outputLatencyMs: number | undefined;
  readonly leadingSilenceSamples: number | undefined;
  readonly startThresholdMs: number | undefined;
  readonly receivedSamples: number;
  readonly writes: number;
  readonly lateWrites: number;
  /** What the source counted; engines that write samples count nothing more than the ring does. */
  readonly tally: SourceTally | undefined;
  /** Counters of every device that played, in order. */
  readonly devices: readonly { readonly name: string; readonly counters: PlaybackCounters }[];
}

/** Observations of a reply of which nothing is known. */
export function nothingObserved(requestedAtMs: number): ReplyObservations {
  return {
    requestedAtMs,
    firstWriteAtMs: undefined,
    lastWriteAtMs: undefined,
    firstAudibleAtMs: undefined,
    outputLatencyMs: undefined,
    leadingSilenceSamples: undefined,
    startThresholdMs: undefined,
    receivedSamples: 0,
    writes: 0,
    lateWrites: 0,
    tally: undefined,
    devices: [],
  };
}

/** Turns what was observed of a reply into metrics. */
export function measureReply(reply: ReplyObservations): StreamMetrics {
  const since = (atMs: number | undefined) => (atMs === undefined ? undefined : atMs - reply.requestedAtMs);
  const toMs = (samples: number) => samplesToMs(samples, PLAYBACK_RATE_HZ);
  const { tally, devices } = reply;
  const sum = (of: (counters: PlaybackCounters) => number) =>
    devices.reduce((total, { counters }) => total + of(counters), 0);
  const [only] = devices.length === 1 ? devices : [];
  const measured = (ms: number | undefined) => (ms === undefined || ms < 0 ? undefined : ms);
  const audioMs = toMs(reply.receivedSamples);
  const generationMs = since(tally?.lastByteAtMs ?? reply.lastWriteAtMs);
  return {
    ...defined({
      ttfbMs: since(tally?.firstByteAtMs ?? reply.firstWriteAtMs),
      firstSampleDecodedMs: since(reply.firstWriteAtMs),
      ttfaMs: since(reply.firstAudibleAtMs),
      leadingSilenceMs: reply.leadingSilenceSamples === undefined ? undefined : toMs(reply.leadingSilenceSamples),
      generationMs,
      playbackMs: sum((counters) => counters.playedSamples) > 0 ? toMs(sum((c) => c.elapsedSamples)) : undefined,
      rtf: generationMs === undefined || audioMs === 0 ? undefined : generationMs / audioMs,
      bufferMinMs: measured(only?.counters.bufferMinMs),
      bufferMeanMs: measured(only?.counters.bufferMeanMs),
      bufferP05Ms: measured(only?.counters.bufferP05Ms),
      startThresholdMs: reply.startThresholdMs,
      outputLatencyMs: reply.outputLatencyMs,
    }),
    audioMs,
    underruns: sum((counters) => counters.underruns),
    underrunTotalMs: toMs(sum((counters) => counters.gapSamples)),
    underrunMaxMs: toMs(Math.max(0, ...devices.map(({ counters }) => counters.deepestGapSamples))),
    stretchedMs: toMs(sum((counters) => counters.stretchedSamples)),
    chunksReceived: tally?.chunksReceived ?? reply.writes,
    bytesReceived: tally?.bytesReceived ?? reply.receivedSamples * Float32Array.BYTES_PER_ELEMENT,
    samplesPlayed: sum((counters) => counters.playedSamples),
    decodeErrors: tally?.decodeErrors ?? 0,
    chunksAfterEnd: (tally?.chunksAfterEnd ?? 0) + reply.lateWrites,
    audioPath: devices.map(({ name }) => name).join(", ") || "none",
  };
}

/** Leaves out what was not measured. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

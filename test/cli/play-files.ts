import { existsSync, readFileSync } from "node:fs";
import { readAudioFile } from "../../src-main/capture/audio-file.ts";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";
import { wavBytes } from "../fixtures/wav-bytes.ts";

/** Rate of the clips, which is the player's own, so that nothing is resampled. */
const RATE_HZ = 24_000;

/** Two roundings to 16 bits. */
export const STEP = 2 / 32_768;

/** What `repartee play --report` writes, as far as tests look at it. */
export interface PlayReport {
  readonly source: string;
  readonly runs: readonly {
    readonly interrupted: boolean;
    readonly failure?: { readonly code: string };
    readonly saveFailure?: { readonly code: string };
    readonly encoding?: string;
    readonly saved: readonly string[];
    readonly metrics: StreamMetrics;
  }[];
}

/** One line of an event log. */
export interface LoggedEvent {
  readonly timestamp: string;
  readonly event_type: string;
  readonly session_id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Samples in which no stretch is like another: a chirp that is never silent for long. */
export function clip(seconds: number): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * RATE_HZ) }, (_, index) => {
    const atSeconds = index / RATE_HZ;
    return 0.5 * Math.cos(2 * Math.PI * (200 + 700 * atSeconds) * atSeconds);
  });
}

/** A clip as a 16-bit WAV file. */
export function clipWav(seconds: number): Buffer {
  return wavBytes(clip(seconds), { encoding: "int", bits: 16, channels: 1, sampleRateHz: RATE_HZ });
}

/** The report of the last run and of all. */
export function readPlayReport(path: string): PlayReport & { readonly last: PlayReport["runs"][number] } {
  const report = JSON.parse(readFileSync(path, "utf8")) as PlayReport;
  return { ...report, last: report.runs.at(-1)! };
}

/** All events of a log. */
export function readEvents(path: string): LoggedEvent[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as LoggedEvent);
}

/** Samples of a WAV file. Throws when it is none. */
export async function samplesOf(path: string): Promise<Float32Array> {
  const read = await readAudioFile(path);
  if (!read.ok) throw new Error(read.failure.detail);
  return read.value.pcm;
}

/** Where samples begin within others, by a stretch of 200 from `from` on, to within a step of 16 bits; -1 where they are not there. */
export function placeOf(part: Float32Array, pcm: Float32Array, from: number): number {
  for (let offset = 0; offset + from + 200 <= pcm.length; offset++) {
    if (differenceAt(pcm, offset, part.subarray(0, from + 200), from) <= STEP) return offset;
  }
  return -1;
}

/** Largest difference of samples at `offset` within others, from sample `from` on. */
export function differenceAt(pcm: Float32Array, offset: number, part: Float32Array, from: number): number {
  let most = 0;
  for (let index = from; index < part.length; index++) {
    most = Math.max(most, Math.abs((pcm[offset + index] ?? Infinity) - (part[index] as number)));
    if (most > 0.1) return most;
  }
  return most;
}

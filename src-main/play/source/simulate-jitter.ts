import { failure, FailureError } from "../../../src-shared/failure.ts";
import { inSeconds } from "./in-seconds.ts";
import { ArrivalSchedule, burstLengthOf } from "./arrival-times.ts";
import type { JitterSpec } from "./jitter-spec.ts";

/** What {@link simulateJitter} needs beside the spec. */
export interface JitterSurroundings {
  /** A whole number; the same one gives the same delays. */
  readonly seed: number;
  /** A clock in ms with any origin. */
  readonly nowMs: () => number;
  /** Resolves so many ms later, on that clock; rejects on abort, where it knows of one. */
  readonly sleep: (durationMs: number) => Promise<void>;
  /** Bytes of one second of audio; for compressed audio a mean. */
  readonly bytesPerSecond: number;
}

/**
 * A stream under a bad network: its chunks unchanged and in order, none before its arrival time by {@link ArrivalSchedule}, counted from when
 * the first is asked for. Holds one burst of chunks. Breaks off to the byte where the spec says so: source-lost. When the stream itself breaks,
 * what had come before still arrives.
 */
export async function* simulateJitter(
  chunks: AsyncIterable<Uint8Array>,
  spec: JitterSpec,
  { seed, nowMs, sleep, bytesPerSecond }: JitterSurroundings,
): AsyncGenerator<Uint8Array, undefined> {
  const openedAtMs = nowMs();
  const schedule = new ArrivalSchedule(spec, seed, bytesPerSecond);
  for await (const burst of burstsOf(breakingOff(chunks, spec, bytesPerSecond), burstLengthOf(spec))) {
    const arrivals = schedule.arrivalsOf(burst.map(({ length }) => (length * 1000) / bytesPerSecond));
    for (const [index, chunk] of burst.entries()) {
      const waitMs = openedAtMs + (arrivals[index] ?? 0) - nowMs();
      if (waitMs > 0) await sleep(waitMs);
      yield chunk;
    }
  }
}

/** Cut off to the byte after the audio that the spec grants, where the stream is longer than that. */
async function* breakingOff(
  chunks: AsyncIterable<Uint8Array>,
  { errorAfterAudioMs = Infinity }: JitterSpec,
  bytesPerSecond: number,
): AsyncGenerator<Uint8Array, undefined> {
  let bytesLeft = Math.round((errorAfterAudioMs / 1000) * bytesPerSecond);
  for await (const chunk of chunks) {
    if (bytesLeft > 0) yield chunk.subarray(0, bytesLeft);
    if (chunk.length > bytesLeft) {
      const detail = `the simulated network broke off after ${inSeconds(errorAfterAudioMs)} of audio`;
      throw new FailureError(failure("source-lost", "input", detail, true));
    }
    bytesLeft -= chunk.length;
  }
}

/** So many chunks at a time; the last burst, and one that the stream breaks in, may be shorter. */
async function* burstsOf(
  chunks: AsyncIterable<Uint8Array>,
  burstLength: number,
): AsyncGenerator<Uint8Array[], undefined> {
  let burst: Uint8Array[] = [];
  let breakage: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of chunks) {
      burst.push(chunk);
      if (burst.length < burstLength) continue;
      yield burst;
      burst = [];
    }
  } catch (error) {
    breakage = { error };
  }
  if (burst.length > 0) yield burst;
  if (breakage) throw breakage.error;
}

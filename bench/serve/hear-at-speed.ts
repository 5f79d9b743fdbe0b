import { setTimeout } from "node:timers/promises";
import type { ServedEngines, TimedWord } from "../../src-main/wire/served-engines.ts";
import { CAPTURE_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";

/** A word, and how long after its end was sent it was told. */
export interface DelayedWord extends TimedWord {
  readonly delayMs: number;
}

/** What was heard of a stream. */
export interface HeardStream {
  readonly words: readonly DelayedWord[];
  /** From the last sample to the last word. */
  readonly flushMs: number;
  /** Most that a sample waited to be looked at. */
  readonly longestWaitMs: number;
}

/** 80 ms, as the clients of moshi-server send. */
const MESSAGE_SAMPLES = 1_920;

/** Sends a stream so many times as fast as it was spoken, and listens. */
export async function hearAtSpeed(engines: ServedEngines, pcm: Float32Array, speed: number): Promise<HeardStream> {
  const words: DelayedWord[] = [];
  const startedAtMs = performance.now();
  const sentAtMs = (audioMs: number): number => startedAtMs + audioMs / speed;
  let longestWaitMs = 0;
  const listener = engines.listen((event) => {
    const nowMs = performance.now();
    if (event.kind === "word") words.push({ ...event.word, delayMs: nowMs - sentAtMs(event.word.endMs) });
    if (event.kind === "heard") longestWaitMs = Math.max(longestWaitMs, nowMs - sentAtMs(event.heardMs));
    if (event.kind === "failed") throw new Error(event.failure.detail);
  });
  for (let at = 0; at < pcm.length; at += MESSAGE_SAMPLES) {
    const waitMs =
      sentAtMs(samplesToMs(Math.min(pcm.length, at + MESSAGE_SAMPLES), CAPTURE_RATE_HZ)) - performance.now();
    if (waitMs > 0) await setTimeout(waitMs);
    listener.write(pcm.subarray(at, at + MESSAGE_SAMPLES));
  }
  const endedAtMs = performance.now();
  await listener.flush();
  listener.close();
  return { words, flushMs: performance.now() - endedAtMs, longestWaitMs };
}

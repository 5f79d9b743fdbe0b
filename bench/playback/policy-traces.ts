import { arrivalTimes } from "../../src-main/play/source/arrival-times.ts";
import { STEADY, type JitterSpec } from "../../src-main/play/source/jitter-spec.ts";

/** One piece of audio and when it arrives, in ms after the request. */
export interface Arrival {
  readonly atMs: number;
  readonly audioMs: number;
}

/** How a reply of `AUDIO_MS` arrives. */
export interface Trace {
  readonly name: string;
  /** Random ones are played with several seeds. */
  readonly isRandom: boolean;
  /** Keeps its source from being called slower than real time. */
  readonly isFast: boolean;
  readonly arrivals: (seed: number) => readonly Arrival[];
}

const AUDIO_MS = 8_000;
/** Request to first byte of an undisturbed source. */
const LATENCY_MS = 120;

/** The traces of the bench: the pace of the source, the size of its pieces, and what a network does to them. */
export const TRACES: readonly Trace[] = [
  trace("steady 20 ms pieces", 20, {}),
  trace("at once (local engine, 25 times real time)", 100, { paceRatio: 0.04 }, { isFast: true }),
  trace("burst of 20", 20, { burstChunks: 20 }),
  trace("Wi-Fi jitter up to 150 ms", 20, { wifiMostMs: 150 }, { isRandom: true }),
  trace("Wi-Fi jitter, 1.5 times real time", 20, { wifiMostMs: 150, paceRatio: 0.67 }, { isRandom: true }),
  trace("one stall of 400 ms at 3 s", 20, { stalls: [{ durationMs: 400, afterAudioMs: 3_000 }] }),
  trace("loss of 1 %", 20, { lossProbability: 0.01 }, { isRandom: true }),
  trace("RTF 0.5", 80, { paceRatio: 0.5 }),
  trace("RTF 0.9", 80, { paceRatio: 0.9 }),
  trace("RTF 1.1", 80, { paceRatio: 1.1 }),
  trace("RTF 1.3", 80, { paceRatio: 1.3 }),
  trace("pieces of 10 ms", 10, {}),
  trace("pieces of 1 s, RTF 0.9", 1_000, { paceRatio: 0.9 }),
  trace("slow first byte (900 ms), then fast", 80, { paceRatio: 0.1, slowStartMs: 900 }, { isFast: true }),
  trace("slow first byte (900 ms), then steady", 20, { slowStartMs: 900 }),
  trace("broken off at 2.5 s", 80, { paceRatio: 0.5, errorAfterAudioMs: 2_500 }),
];

function trace(
  name: string,
  pieceMs: number,
  spec: Partial<JitterSpec>,
  { isRandom = false, isFast = false }: Partial<Pick<Trace, "isRandom" | "isFast">> = {},
): Trace {
  const pieces = Array.from({ length: AUDIO_MS / pieceMs }, () => pieceMs);
  const arrivals = (seed: number): Arrival[] =>
    arrivalTimes({ ...STEADY, ...spec }, pieces, seed).map((atMs) => ({ atMs: LATENCY_MS + atMs, audioMs: pieceMs }));
  return { name, isRandom, isFast, arrivals };
}

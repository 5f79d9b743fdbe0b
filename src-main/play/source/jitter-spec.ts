import type { TraceArrival } from "./arrival-trace.ts";

/** How the chunks of a stream arrive: at a pace, then delayed by what a network does to them. Order is kept, and nothing is dropped. */
export interface JitterSpec {
  /** Time that the source takes for its audio, times the audio's duration: 1 is real time, 2 half as fast, 0 all at once. */
  readonly paceRatio: number;
  /** So many chunks at a time, when the last of them is due; at least 1. */
  readonly burstChunks: number;
  /** The first byte, and all behind it, so much later. */
  readonly slowStartMs: number;
  /** The network stands still: what is due meanwhile arrives together when the stall is over. */
  readonly stalls: readonly { readonly durationMs: number; readonly afterAudioMs: number }[];
  /** Random delays: most of a few ms, now and then a clump of up to this long. 0 for none. */
  readonly wifiMostMs: number;
  /** Probability that a chunk is lost and sent again, which holds it and those behind it for 200 ms. */
  readonly lossProbability: number;
  /** Audio after which the stream breaks off. */
  readonly errorAfterAudioMs?: number;
  /** Recorded arrivals, which set the pace instead of `paceRatio` and `burstChunks`. */
  readonly trace?: readonly TraceArrival[];
}

/** Real time, undisturbed. */
export const STEADY: JitterSpec = {
  paceRatio: 1,
  burstChunks: 1,
  slowStartMs: 0,
  stalls: [],
  wifiMostMs: 0,
  lossProbability: 0,
};

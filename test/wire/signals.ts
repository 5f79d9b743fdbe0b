import { readMonoSamples } from "../../src-main/play/decode/mono-samples.ts";
import { chirp, RATE_HZ } from "../play/decode/fixtures.ts";

/** Rate of {@link syllables}. */
export const SIGNAL_RATE_HZ = RATE_HZ;

/** A chirp that is louder and softer like syllables, at {@link SIGNAL_RATE_HZ}, in [-1, 1]. */
export function syllables(seconds: number): Float32Array {
  return readMonoSamples(chirp(seconds), "s16le", 1);
}

/** How alike two signals are, 1 for the same up to loudness, where the second begins `lag` samples late. */
function likeness(signal: Float32Array, other: Float32Array, lag = 0): number {
  let [product, energy, otherEnergy] = [0, 0, 0];
  for (let index = 0; index < signal.length; index++) {
    const sample = other[index + lag] ?? 0;
    product += signal[index]! * sample;
    energy += signal[index]! ** 2;
    otherEnergy += sample ** 2;
  }
  return product / Math.sqrt(energy * otherEnergy || 1);
}

/** {@link likeness} at the best of lags of at most one sample: filters delay by fractions of one. */
export function likenessNearby(signal: Float32Array, other: Float32Array, lag = 0): number {
  return Math.max(...[-1, 0, 1].map((more) => likeness(signal, other, lag + more)));
}

/** The signal in pieces of awkward sizes. */
export function* awkwardPieces(pcm: Float32Array): Generator<Float32Array> {
  const sizes = [1, 479, 480, 0, 481, 1_920, 7, 5_000];
  for (let at = 0, turn = 0; at < pcm.length; at += sizes[turn++ % sizes.length]!)
    yield pcm.subarray(at, at + sizes[turn % sizes.length]!);
}

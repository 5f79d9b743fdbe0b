import { envelopeDb, onsetMs } from "../../test/e2e/rig/analysis.ts";

/** Speech begins where it is no more than this below its loudest moment. */
const ONSET_BELOW_PEAK_DB = 20;

/** When speech begins in a recording of it, in ms: the first 20 ms that come within 20 dB of the loudest 10 ms. */
export function speechOnsetMs(pcm: Float32Array, rateHz: number): number {
  const loudestDb = Math.max(...envelopeDb(pcm, rateHz, 10));
  return onsetMs(pcm, rateHz, loudestDb - ONSET_BELOW_PEAK_DB, 20) ?? 0;
}

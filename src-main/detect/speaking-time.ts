import { msToSamples, RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";

/** What is listened to, from the end of speech backwards. */
const HEARD_MS = 5_000;
const HOP_MS = 10;
/** Speech is within so much of its loudest; what is quieter is a pause, or the noise of the room. */
const SPEECH_DB = 12;
const LOUDEST_QUANTILE = 0.97;

/** How much of the last 5 s before the end of speech is speech, and not a pause, in ms. `pcm`: mono at RECOGNITION_RATE_HZ. */
export function speakingTimeMs(pcm: Float32Array, speechEndSample: number): number {
  const hop = msToSamples(HOP_MS, RECOGNITION_RATE_HZ);
  const end = Math.min(pcm.length, speechEndSample);
  const levelsDb: number[] = [];
  for (let from = Math.max(0, end - msToSamples(HEARD_MS, RECOGNITION_RATE_HZ)); from + hop <= end; from += hop) {
    const energy = pcm.subarray(from, from + hop).reduce((sum, sample) => sum + sample * sample, 0);
    levelsDb.push(10 * Math.log10(energy / hop + 1e-12));
  }
  const loudestDb = levelsDb.toSorted((a, b) => a - b)[Math.floor(levelsDb.length * LOUDEST_QUANTILE)] ?? 0;
  return HOP_MS * levelsDb.filter((level) => level > loudestDb - SPEECH_DB).length;
}

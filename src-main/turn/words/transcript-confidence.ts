import type { Transcript } from "../ports.ts";
import { TURN_TUNING } from "../turn-tuning.ts";

/** How sure the recognizer is of its words: natural logarithm, 0 for certain. Undefined where it does not tell, or there are none. */
export function meanLogProbability({
  tokenLogProbabilities,
}: Pick<Transcript, "tokenLogProbabilities">): number | undefined {
  if (tokenLogProbabilities.length === 0) return undefined;
  return tokenLogProbabilities.reduce((sum, value) => sum + value, 0) / tokenLogProbabilities.length;
}

/** Whether these words are what a recognizer makes of sounds that are none. */
export function isGuess(transcript: Transcript): boolean {
  return (meanLogProbability(transcript) ?? 0) < TURN_TUNING.leastMeanLogProbability;
}

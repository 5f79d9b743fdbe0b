import { succeeded } from "../../src-shared/failure.ts";
import type { EndOfTurnPredictor } from "../turn/ports.ts";
import type { ProsodyJudge } from "./detect-engine.ts";
import { endOfTurnFeatures } from "./embedded-end-of-turn-features.ts";
import { END_OF_TURN_WEIGHTS } from "./embedded-end-of-turn-weights.ts";

/** Says nothing either way, where the voice cannot be judged. */
const UNKNOWN_PROSODY = 0;

/**
 * Decides with what is there anyway: a logistic regression over what the recognizer expects at and after the last word, whether the words are
 * complete, how the voice sounds at the end, and the length of the speech. Main thread, less than 1 ms, after about 4 ms in the detector's
 * worker; never fails. Without words nothing was said and the probability is 0. Closing it leaves `prosody` alone.
 */
export function createEmbeddedEndOfTurn(prosody: ProsodyJudge): EndOfTurnPredictor {
  return {
    begin: () => undefined,
    hear: () => undefined,
    predict: async (evidence, signal) => {
      signal.throwIfAborted();
      if (evidence.transcript.text === "") return succeeded(0);
      const judged = await prosody.judgeProsody(evidence.pcm, signal);
      return succeeded(endProbability(endOfTurnFeatures(evidence, judged.ok ? judged.value : UNKNOWN_PROSODY)));
    },
    close: async () => undefined,
  };
}

function endProbability(features: readonly number[]): number {
  const { bias, weights } = END_OF_TURN_WEIGHTS;
  const logOdds = weights.reduce((sum, weight, index) => sum + weight * (features[index] as number), bias);
  return 1 / (1 + Math.exp(-logOdds));
}

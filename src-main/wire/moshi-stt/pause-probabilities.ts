import type { ListenerEvent } from "../served-engines.ts";

/** The pauses whose probabilities a `Step` tells, in ms. */
const HORIZONS_MS = [500, 1_000, 2_000, 3_000] as const;
/** Pauses inside a turn are about as long; each further one of these makes it a third as likely that the speaker goes on. */
const HESITATION_MS = 600;

/**
 * How likely it is that the speaker stays silent for another 0.5, 1, 2 and 3 s: they have finished, or hesitate that long. The longer the silence
 * is already, the more likely they have finished. 0 while they speak.
 */
export function pauseProbabilities({
  isSpeech,
  silenceMs,
  endProbability,
}: Pick<Extract<ListenerEvent, { kind: "heard" }>, "isSpeech" | "silenceMs" | "endProbability">): Float32Array {
  if (isSpeech) return new Float32Array(HORIZONS_MS.length);
  const hesitates = (1 - endProbability) * Math.exp(-silenceMs / HESITATION_MS);
  const finished = endProbability === 0 ? 0 : endProbability / (endProbability + hesitates);
  return Float32Array.from(
    HORIZONS_MS,
    (horizonMs) => finished + (1 - finished) * Math.exp(-horizonMs / HESITATION_MS),
  );
}

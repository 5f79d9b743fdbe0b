import type { PauseEvidence } from "../turn/ports.ts";
import { meanLogProbability } from "../turn/words/transcript-confidence.ts";
import { asksOrOrders } from "../turn/words/asks-or-orders.ts";
import { holdOf } from "../turn/words/hold-of.ts";
import { speakingTimeMs } from "./speaking-time.ts";

/** What tells that a turn is over, in the order of {@link endOfTurnFeatures}. */
export const END_OF_TURN_FEATURES = [
  "log-odds of a comma or the like",
  "holds back",
  "mean log probability of the tokens",
  "log-odds by the prosody",
  "log of the speaking time, when it neither asks, orders nor answers",
  "log-odds of an end before the last word",
] as const;

/** Keeps the odds of a sure recognizer finite. */
const SMALL_PROBABILITY = 0.01;
/** For a recognizer that does not tell: what Moonshine usually tells. */
const USUAL_CONTINUATION = 0.05;
const USUAL_EARLIER_END = 0.003;
const USUAL_LOG_PROBABILITY = -0.35;
/** The network is surer of the voices that it knows than it should be of others. */
const SUREST_PROSODY = 6;
/** A question may end high, above all a human one: whatever the voice does, it says a little for the end. */
const QUESTION_PROSODY = 2;
/** Shorter speech counts as much. */
const SHORTEST_MS = 1_000;
/** A short sentence. A complete request is complete however short: for it the length says nothing. */
const USUAL_MS = 1_500;

/** The evidence as numbers. `prosodyLogOdds`: that all was said, by the voice alone. Main thread, less than 1 ms. */
export function endOfTurnFeatures(
  { transcript, pcm, speechEndSample }: PauseEvidence,
  prosodyLogOdds: number,
): readonly number[] {
  const { text, ending } = transcript;
  const speakingMs = speakingTimeMs(pcm, speechEndSample);
  return [
    logOdds(ending?.continuationProbability ?? USUAL_CONTINUATION),
    Number(holdOf(text) !== "none"),
    meanLogProbability(transcript) ?? USUAL_LOG_PROBABILITY,
    text.endsWith("?") ? QUESTION_PROSODY : Math.min(SUREST_PROSODY, Math.max(-SUREST_PROSODY, prosodyLogOdds)),
    asksOrOrders(text) ? 0 : Math.log(Math.max(SHORTEST_MS, speakingMs) / USUAL_MS),
    logOdds(ending?.earlierEndProbability ?? USUAL_EARLIER_END),
  ];
}

function logOdds(probability: number): number {
  return Math.log((probability + SMALL_PROBABILITY) / (1 - probability + SMALL_PROBABILITY));
}

import { FRAME_MS } from "../../src-shared/audio-format.ts";
import { Endpointer } from "../../src-main/turn/endpointer.ts";

/** When silence alone would have answered. Times in ms on the item's time line; undefined for what did not happen. */
export interface SilenceDecision {
  readonly decidedAtMs: number | undefined;
  readonly firstAudibleAtMs: number | undefined;
}

/** From the decision to the first sample heard, as in virtual time everywhere. */
const START_MS = 15;
/** A frame's samples end so long before the frame is there. */
const INTAKE_MS = 1.5;

/**
 * The end of the turn by silence alone: at the first pause that lasts `thresholdMs`. Its reply is speculated like ours, and ready `readyMs`
 * after the end of the speech. `probabilities`: of speech, frame by frame.
 */
export function decideBySilence(
  probabilities: readonly number[],
  thresholdMs: number,
  readyMs: number,
): SilenceDecision {
  const endpointer = new Endpointer();
  let speechEndedAtMs: number | undefined;
  for (const [index, probability] of probabilities.entries()) {
    const hereAtMs = (index + 1) * FRAME_MS;
    if (speechEndedAtMs !== undefined && speechEndedAtMs + thresholdMs <= hereAtMs) {
      const decidedAtMs = speechEndedAtMs + thresholdMs;
      return { decidedAtMs, firstAudibleAtMs: Math.max(decidedAtMs, speechEndedAtMs + readyMs) + START_MS };
    }
    const event = endpointer.accept(probability, hereAtMs - INTAKE_MS);
    if (event?.kind === "speech-paused") speechEndedAtMs = event.speechEndedAtMs;
    else if (event) speechEndedAtMs = undefined;
  }
  return { decidedAtMs: undefined, firstAudibleAtMs: undefined };
}

import type { Mode, Patience } from "../../src-shared/settings.ts";
import type { AssistantSnapshot } from "../../src-shared/turn-view.ts";

/**
 * How much of its own voice the assistant may hear through the microphone, and what follows from it. `full`: the echo is gone, the user may
 * speak at any time. `guarded`: some echo is left, speech over a reply must be clearer. `half`: the echo is as loud as speech, and while
 * the assistant speaks only stop phrases and keys count.
 */
export type Duplex = AssistantSnapshot["duplex"];

/** Speech comes in at about -30 dBFS, a reply goes out at about -20: with this much loss its echo is 35 dB below speech. */
const FULL_LOSS_DB = 45;
/** Below this, what comes back is within 10 dB of speech. */
const GUARDED_LOSS_DB = 20;

/** What calibration means for the conversation. `echoReturnLossDb`: how much weaker a test sound came back than it was played. */
export function chooseDuplex(echoReturnLossDb: number | undefined): Duplex {
  if (echoReturnLossDb === undefined || echoReturnLossDb >= FULL_LOSS_DB) return "full";
  return echoReturnLossDb >= GUARDED_LOSS_DB ? "guarded" : "half";
}

/** How the assistant behaves in a conversation. */
export interface Conduct {
  readonly mode: Mode;
  readonly patience: Patience;
  /** What an utterance begins with in the mode `wake-phrase`. */
  readonly wakePhrase: string;
  /** Whether a slow answer is announced by a word. */
  readonly acknowledges: boolean;
  readonly duplex: Duplex;
}

/** Before anything is known. */
export const DEFAULT_CONDUCT: Conduct = {
  mode: "hands-free",
  patience: "balanced",
  wakePhrase: "hey repartee",
  acknowledges: true,
  duplex: "full",
};

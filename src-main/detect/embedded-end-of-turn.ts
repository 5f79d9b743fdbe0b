import { succeeded } from "../../src-shared/failure.ts";
import type { EndOfTurnPredictor } from "../turn/ports.ts";

/** Decides from what the recognizer expects after the last word. */
export function createEmbeddedEndOfTurn(): EndOfTurnPredictor {
  return {
    begin: () => undefined,
    hear: () => undefined,
    predict: async ({ transcript }) => succeeded(transcript.ending?.terminalProbability ?? 0.7),
    close: async () => undefined,
  };
}

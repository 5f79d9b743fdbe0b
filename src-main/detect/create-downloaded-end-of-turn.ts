import type { Settings } from "../../src-shared/settings.ts";
import type { EndOfTurnPredictor } from "../turn/ports.ts";
import { createSmartTurnPredictor } from "./smart-turn-predictor.ts";
import { createTurnOneMiniPredictor } from "./turn-one-mini-predictor.ts";

/** The downloaded predictor of this name; undefined when it is not one that is downloaded. */
export function createDownloadedEndOfTurn(
  name: Settings["endOfTurn"],
  downloads: { readonly modelsFolder: string },
): EndOfTurnPredictor | undefined {
  if (name === "smart-turn") return createSmartTurnPredictor(downloads);
  return name === "turn-1-mini" ? createTurnOneMiniPredictor(downloads) : undefined;
}

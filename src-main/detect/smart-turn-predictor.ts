import { msToSamples, RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import type { Outcome } from "../../src-shared/failure.ts";
import type { EngineLoad } from "../models/engine-host.ts";
import { EngineWorker } from "../models/engine-worker.ts";
import type { EndOfTurnPredictor } from "../turn/ports.ts";
import { workerUrl } from "../worker-url.ts";
import { SMART_TURN_SAMPLES } from "./smart-turn-features.ts";

/** Silence after the speech that the model is shown: what the detectors that it is made to work with have seen by then. */
const LONGEST_TAIL_SAMPLES = msToSamples(200, RECOGNITION_RATE_HZ);

/** See {@link createSmartTurnPredictor}. */
export interface SmartTurnOptions {
  /** Where downloaded models are. */
  readonly modelsFolder: string;
}

/**
 * Smart Turn v3.2 in a worker thread of its own: listens to the last 8 s of the utterance, with at most 200 ms of the pause, each time it is
 * asked, and to nothing in between. Loading starts at once and `ready` tells how it went.
 * Codes: detect-failed, model-*.
 */
export function createSmartTurnPredictor(
  options: SmartTurnOptions,
): EndOfTurnPredictor & { readonly ready: Promise<Outcome<EngineLoad>> } {
  const worker = new EngineWorker<Float32Array, number>({
    name: "smart-turn",
    url: workerUrl("detect/smart-turn-worker"),
    data: { modelsFolder: options.modelsFolder },
    stage: "detect",
    crashCode: "detect-failed",
  });
  return {
    ready: worker.ready,
    begin: () => undefined,
    hear: () => undefined,
    predict({ pcm, speechEndSample }, signal) {
      const end = Math.min(pcm.length, speechEndSample + LONGEST_TAIL_SAMPLES);
      const heard = pcm.slice(Math.max(0, end - SMART_TURN_SAMPLES), end);
      return worker.request(heard, signal, [heard.buffer]);
    },
    close: () => worker.close(),
  };
}

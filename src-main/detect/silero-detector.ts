import type { Outcome } from "../../src-shared/failure.ts";
import type { EngineLoad } from "../models/engine-host.ts";
import { EngineWorker } from "../models/engine-worker.ts";
import type { VoiceDetector } from "../turn/ports.ts";
import { workerUrl } from "../worker-url.ts";

/** See {@link createSileroDetector}. */
export interface SileroDetectorOptions {
  /** Where the model files are; undefined for the npm packages. */
  readonly modelsFolder?: string | undefined;
}

/**
 * Silero VAD v6 in a worker thread of its own, 0.3 ms a frame. Loading starts at once and `ready` tells how it went. The model's state is
 * carried from frame to frame and starts anew every 5 s when nobody speaks. A frame that is silent beside the speech before it has the
 * probability 0, whatever the model, which looks back, still thinks. A frame of the wrong length or with
 * samples that are not finite answers detect-failed and leaves the state alone.
 * Codes: detect-failed, model-*.
 */
export function createSileroDetector(
  options: SileroDetectorOptions,
): VoiceDetector & { readonly ready: Promise<Outcome<EngineLoad>> } {
  const worker = new EngineWorker<Float32Array, number>({
    name: "silero",
    url: workerUrl("detect/silero-worker"),
    data: { modelsFolder: options.modelsFolder },
    stage: "detect",
    crashCode: "detect-failed",
  });
  return {
    ready: worker.ready,
    detect: (frame) => {
      const copy = frame.slice();
      return worker.request(copy, undefined, [copy.buffer]);
    },
    close: () => worker.close(),
  };
}

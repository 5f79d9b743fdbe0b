import type { Outcome } from "../../src-shared/failure.ts";
import type { EngineLoad } from "../models/engine-host.ts";
import { EngineWorker } from "../models/engine-worker.ts";
import type { SpeechRequest, SpokenSentence, Synthesizer } from "../turn/ports.ts";
import { workerUrl } from "../worker-url.ts";

/** See {@link createFliteSynthesizer}. */
export interface FliteSynthesizerOptions {
  /** Where the model files are; undefined for the npm packages. */
  readonly modelsFolder?: string | undefined;
}

/**
 * Flite, English, voices slt and kal, in a worker thread of its own that writes to the player's ring itself. Loading starts at once and
 * `ready` tells how it went. A text without anything to say is zero samples. Codes: speak-failed, model-*.
 */
export function createFliteSynthesizer(
  options: FliteSynthesizerOptions,
): Synthesizer & { readonly ready: Promise<Outcome<EngineLoad>> } {
  const worker = new EngineWorker<SpeechRequest, SpokenSentence>({
    name: "flite",
    url: workerUrl("speak/flite-worker"),
    data: { modelsFolder: options.modelsFolder },
    stage: "speak",
    crashCode: "speak-failed",
  });
  return {
    ready: worker.ready,
    speak: (request) => worker.request(request),
    close: () => worker.close(),
  };
}

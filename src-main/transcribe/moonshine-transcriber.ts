import type { Outcome } from "../../src-shared/failure.ts";
import type { EngineLoad } from "../models/engine-host.ts";
import { EngineWorker } from "../models/engine-worker.ts";
import type { Transcriber, Transcript, TranscriptionRequest } from "../turn/ports.ts";
import { workerUrl } from "../worker-url.ts";

/** See {@link createMoonshineTranscriber}. */
export interface MoonshineTranscriberOptions {
  /** Where the model files are; undefined for the npm packages. */
  readonly modelsFolder?: string | undefined;
}

/**
 * Moonshine Tiny, English, in a worker thread of its own. Loading starts at once and `ready` tells how it went. Silence and less than 0.1 s
 * give an empty text, more than 30 s transcribe-failed. An aborted request that runs stops at the next token and rejects at once.
 * Codes: transcribe-failed, model-*.
 */
export function createMoonshineTranscriber(
  options: MoonshineTranscriberOptions,
): Transcriber & { readonly ready: Promise<Outcome<EngineLoad>> } {
  const worker = new EngineWorker<TranscriptionRequest, Transcript>({
    name: "moonshine",
    url: workerUrl("transcribe/moonshine-worker"),
    data: { modelsFolder: options.modelsFolder },
    stage: "transcribe",
    crashCode: "transcribe-failed",
  });
  return {
    ready: worker.ready,
    transcribe: (request, signal) => {
      const pcm = request.pcm.slice();
      return worker.request({ ...request, pcm }, signal, [pcm.buffer]);
    },
    close: () => worker.close(),
  };
}

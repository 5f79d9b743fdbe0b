import type { Outcome } from "../../src-shared/failure.ts";
import type { EngineLoad } from "../models/engine-host.ts";
import { EngineWorker } from "../models/engine-worker.ts";
import { workerUrl } from "../worker-url.ts";

/** Frames of one stream, or without them the end of that stream. */
export interface SileroRequest {
  readonly streamId: number;
  /** Mono at 16 kHz in [-1, 1]: a multiple of 512 samples. */
  readonly frames?: Float32Array<ArrayBuffer>;
}

/** Speech probabilities of one stream among many. */
export interface DetectorStream {
  /**
   * `frames`: whole frames of 512 mono samples at 16 kHz in [-1, 1], in order; given away. One probability in [0, 1] for each.
   * Codes: detect-failed, model-*.
   */
  detect(frames: Float32Array<ArrayBuffer>): Promise<Outcome<Float32Array>>;
  close(): void;
}

/** Detects speech in any number of streams. */
export interface StreamDetector {
  readonly ready: Promise<Outcome<EngineLoad>>;
  open(): DetectorStream;
  close(): Promise<void>;
}

/** See {@link createSileroStreams}. */
export interface SileroOptions {
  /** Where the model files are; undefined for the npm packages. */
  readonly modelsFolder?: string | undefined;
}

/**
 * Silero VAD v6 for any number of streams in one worker thread, 0.3 ms a frame, first come first served. Loading starts at once and `ready`
 * tells how it went. The model's state is carried from frame to frame of a stream and starts anew every 5 s when nobody speaks. A frame
 * that is silent beside the speech before it has the probability 0, whatever the model, which looks back, still thinks. Frames that
 * are not whole, or with samples that are not finite, answer detect-failed and leave the state alone.
 */
export function createSileroStreams(options: SileroOptions): StreamDetector {
  const worker = new EngineWorker<SileroRequest, Float32Array>({
    name: "silero",
    url: workerUrl("detect/silero-worker"),
    data: { modelsFolder: options.modelsFolder },
    stage: "detect",
    crashCode: "detect-failed",
  });
  let lastStreamId = 0;
  return {
    ready: worker.ready,
    open: () => {
      const streamId = ++lastStreamId;
      return {
        detect: (frames) => worker.request({ streamId, frames }, undefined, [frames.buffer]),
        close: () => void worker.request({ streamId }),
      };
    },
    close: () => worker.close(),
  };
}

import { succeeded, type Outcome } from "../../src-shared/failure.ts";
import type { EngineLoad } from "../models/engine-host.ts";
import { EngineWorker } from "../models/engine-worker.ts";
import { workerUrl } from "../worker-url.ts";
import { PROSODY_SAMPLES } from "./prosody-features.ts";

/** What the worker is asked. */
export type DetectRequest =
  | {
      readonly kind: "frames";
      readonly streamId: number;
      /** Mono at 16 kHz in [-1, 1]: a multiple of 512 samples. */
      readonly frames: Float32Array<ArrayBuffer>;
    }
  | { readonly kind: "end-stream"; readonly streamId: number }
  | { readonly kind: "prosody"; readonly pcm: Float32Array<ArrayBuffer> };

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

/** Hears by the voice alone whether a speaker who pauses goes on. */
export interface ProsodyJudge {
  /**
   * `pcm`: mono samples at 16 kHz up to the latest frame of the pause, of which the last 2 s are heard. Log-odds that all was said. An aborted
   * request rejects with the signal's reason. Codes: detect-failed, model-*.
   */
  judgeProsody(pcm: Float32Array, signal: AbortSignal): Promise<Outcome<number>>;
}

/** See {@link createDetectEngine}. */
export interface DetectOptions {
  /** Where the model files are; undefined for the npm packages. */
  readonly modelsFolder?: string | undefined;
}

/**
 * Silero VAD v6 for any number of streams and the network that hears the prosody, in one worker thread, 0.3 ms a frame and 4 ms a pause, first
 * come first served. Loading starts at once and `ready` tells how it went. Silero's state is carried from frame to frame of a stream and
 * starts anew every 5 s when nobody speaks. A frame that is silent beside the speech before it has the probability 0, whatever the model,
 * which looks back, still thinks. Frames that are not whole, or with samples that are not finite, answer detect-failed and leave the
 * state alone.
 */
export function createDetectEngine(options: DetectOptions): StreamDetector & ProsodyJudge {
  const worker = new EngineWorker<DetectRequest, Float32Array>({
    name: "detect",
    url: workerUrl("detect/detect-worker"),
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
        detect: (frames) => worker.request({ kind: "frames", streamId, frames }, undefined, [frames.buffer]),
        close: () => void worker.request({ kind: "end-stream", streamId }),
      };
    },
    judgeProsody: async (pcm, signal) => {
      const heard = Float32Array.from(pcm.subarray(Math.max(0, pcm.length - PROSODY_SAMPLES)));
      const judged = await worker.request({ kind: "prosody", pcm: heard }, signal, [heard.buffer]);
      return judged.ok ? succeeded(judged.value[0] as number) : judged;
    },
    close: () => worker.close(),
  };
}

import type { Outcome } from "../../src-shared/failure.ts";
import type { EngineLoad } from "../models/engine-host.ts";
import { EngineWorker } from "../models/engine-worker.ts";
import { workerUrl } from "../worker-url.ts";

/** Audio and what is said in it. */
export interface AlignmentRequest {
  /** Mono samples at 16 kHz in [-1, 1], a segment of up to about 30 s. */
  readonly pcm: Float32Array;
  readonly text: string;
}

/** A word of the text with its place in the audio, in ms from the start of the request's audio. */
export interface AlignedWord {
  /** As written, punctuation included. */
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** False when the audio did not fit the text and the time is a guess by the length of the words. */
  readonly aligned: boolean;
}

/** Finds the words of a known text in audio. Runs in an engine worker. Codes: transcribe-failed, model-*. */
export interface WordAligner {
  readonly ready: Promise<Outcome<EngineLoad>>;
  /** One entry for each word of the text, in order. */
  align(request: AlignmentRequest, signal?: AbortSignal): Promise<Outcome<readonly AlignedWord[]>>;
  close(): Promise<void>;
}

/** See {@link createSoundswallowerAligner}. */
export interface SoundswallowerAlignerOptions {
  /** Where the model files are; undefined for the npm packages. */
  readonly modelsFolder?: string | undefined;
}

/**
 * SoundSwallower, US English, in a worker thread of its own: times at 10 ms resolution, 0.2 s for 10 s of audio. Loading starts at once, so
 * make one only when word times are wanted. Words that its dictionary lacks get a guessed pronunciation.
 */
export function createSoundswallowerAligner(options: SoundswallowerAlignerOptions): WordAligner {
  const worker = new EngineWorker<AlignmentRequest, readonly AlignedWord[]>({
    name: "soundswallower",
    url: workerUrl("transcribe/soundswallower-worker"),
    data: { modelsFolder: options.modelsFolder },
    stage: "transcribe",
    crashCode: "transcribe-failed",
  });
  return {
    ready: worker.ready,
    align: (request, signal) => {
      const pcm = request.pcm.slice();
      return worker.request({ ...request, pcm }, signal, [pcm.buffer]);
    },
    close: () => worker.close(),
  };
}

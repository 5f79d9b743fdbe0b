import { msToSamples, RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import type { Outcome } from "../../src-shared/failure.ts";
import type { EngineLoad } from "../models/engine-host.ts";
import { EngineWorker } from "../models/engine-worker.ts";
import type { EndOfTurnPredictor } from "../turn/ports.ts";
import { workerUrl } from "../worker-url.ts";
import { STEP_SAMPLES } from "./turn-one-mini-stream.ts";
import type { TurnOneMiniRequest } from "./turn-one-mini-worker.ts";

/** What was heard before an utterance and belongs to it. */
const BEFORE_SAMPLES = msToSamples(500, RECOGNITION_RATE_HZ);

/** See {@link createTurnOneMiniPredictor}. */
export interface TurnOneMiniOptions {
  /** Where downloaded models are. */
  readonly modelsFolder: string;
}

/**
 * turn-1-mini in a worker thread of its own: hears an utterance as it is spoken, from half a second before it on, in steps of 160 ms, and says
 * what it thinks by now when it is asked. Loading starts at once and `ready` tells how it went. An utterance during which the worker had to be
 * started again cannot be judged (detect-failed); the next one can.
 * Codes: detect-failed, model-*.
 */
export function createTurnOneMiniPredictor(
  options: TurnOneMiniOptions,
): EndOfTurnPredictor & { readonly ready: Promise<Outcome<EngineLoad>> } {
  return new TurnOneMiniPredictor(options);
}

class TurnOneMiniPredictor implements EndOfTurnPredictor {
  readonly ready: Promise<Outcome<EngineLoad>>;
  readonly #worker: EngineWorker<TurnOneMiniRequest, number>;
  /** The latest samples, those at the end the newest. */
  readonly #latest = new Float32Array(Math.max(BEFORE_SAMPLES, STEP_SAMPLES));
  #heardSamples = 0;
  /** How many of the latest samples the worker has not been sent yet; undefined until an utterance begins. */
  #unsentSamples: number | undefined;

  constructor(options: TurnOneMiniOptions) {
    this.#worker = new EngineWorker({
      name: "turn-1-mini",
      url: workerUrl("detect/turn-one-mini-worker"),
      data: { modelsFolder: options.modelsFolder },
      stage: "detect",
      crashCode: "detect-failed",
    });
    this.ready = this.#worker.ready;
  }

  begin(): void {
    this.#unsentSamples = 0;
    this.#tell("begin", Math.min(BEFORE_SAMPLES, this.#heardSamples));
  }

  hear(frame: Float32Array): void {
    this.#latest.copyWithin(0, frame.length);
    this.#latest.set(frame, this.#latest.length - frame.length);
    this.#heardSamples += frame.length;
    if (this.#unsentSamples === undefined) return;
    this.#unsentSamples += frame.length;
    if (this.#unsentSamples >= STEP_SAMPLES) this.#send();
  }

  predict(_evidence: unknown, signal: AbortSignal): Promise<Outcome<number>> {
    this.#send();
    return this.#worker.request({ kind: "predict" }, signal);
  }

  close(): Promise<void> {
    return this.#worker.close();
  }

  #send(): void {
    if (!this.#unsentSamples) return;
    this.#tell("hear", this.#unsentSamples);
    this.#unsentSamples = 0;
  }

  /** Gives the worker the newest samples. What it thinks of them is asked for later. */
  #tell(kind: "begin" | "hear", samples: number): void {
    const pcm = this.#latest.slice(this.#latest.length - samples);
    void this.#worker.request({ kind, pcm }, undefined, [pcm.buffer]);
  }
}

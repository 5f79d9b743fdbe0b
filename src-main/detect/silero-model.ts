import { RECOGNITION_FRAME_SAMPLES, RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { readModel } from "../models/model-store.ts";
import type { OnnxRuntime, OnnxTensor } from "../models/onnx-session.ts";
import { LevelGate } from "./level-gate.ts";

/** Silero VAD for many streams, which it tells apart by their numbers. */
export interface SileroModel {
  /** `frames`: whole frames of 512 finite samples. One probability in [0, 1] for each. Code: detect-failed. */
  detect(streamId: number, frames: Float32Array): Promise<Outcome<Float32Array>>;
  /** Forgets a stream. */
  end(streamId: number): void;
  release(): Promise<void>;
}

/** Samples of the frame before that the model must see in front of each frame; without them it hears no speech at all. */
const CONTEXT_SAMPLES = 64;
const STATE_SHAPE = [2, 1, 128];
const STATE_SIZE = 256;
/** The state drifts in long sessions: it starts anew this often, but never while somebody speaks. */
const RESET_FRAMES = 156;
const QUIET_PROBABILITY = 0.1;
const WARM_UP_FRAMES = 4;

/** What is carried from frame to frame of one stream. */
interface StreamState {
  readonly gate: LevelGate;
  readonly context: Float32Array;
  /** Undefined at the beginning, and when it starts anew. */
  model: OnnxTensor | undefined;
  framesSinceReset: number;
}

/** Loads Silero VAD. Call it in a worker. Codes: model-missing, model-corrupt. */
export async function loadSileroModel(
  runtime: OnnxRuntime,
  modelsFolder: string | undefined,
): Promise<Outcome<SileroModel>> {
  const model = await readModel("silero-vad", modelsFolder);
  if (!model.ok) return model;
  const session = await runtime.open(model.value, 1);
  if (!session.ok) return session;
  const window = new Float32Array(CONTEXT_SAMPLES + RECOGNITION_FRAME_SAMPLES);
  const input = runtime.floatTensor(window, [1, window.length]);
  const sr = runtime.int64Tensor(BigInt64Array.of(BigInt(RECOGNITION_RATE_HZ)), []);
  const blankState = runtime.floatTensor(new Float32Array(STATE_SIZE), STATE_SHAPE);
  const streams = new Map<number, StreamState>();

  const detectOne = async (stream: StreamState, frame: Float32Array): Promise<number> => {
    window.set(stream.context);
    window.set(frame, CONTEXT_SAMPLES);
    stream.context.set(frame.subarray(-CONTEXT_SAMPLES));
    const { output, stateN } = await session.value.run({ input, state: stream.model ?? blankState, sr });
    const probability = output?.data[0] as number;
    const isReset = ++stream.framesSinceReset >= RESET_FRAMES && probability < QUIET_PROBABILITY;
    stream.model = isReset ? undefined : stateN;
    if (isReset) stream.framesSinceReset = 0;
    return stream.gate.pass(frame, probability);
  };

  const warmUp = beginStream();
  for (let run = 0; run < WARM_UP_FRAMES; run++) await detectOne(warmUp, new Float32Array(RECOGNITION_FRAME_SAMPLES));
  return succeeded({
    async detect(streamId, frames) {
      const count = frames.length / RECOGNITION_FRAME_SAMPLES;
      if (count === 0 || !Number.isInteger(count) || !frames.every(Number.isFinite)) {
        return failed("detect-failed", "detect", "a frame is 512 finite samples", true);
      }
      const stream = streams.get(streamId) ?? beginStream();
      streams.set(streamId, stream);
      const probabilities = new Float32Array(count);
      for (let frame = 0; frame < count; frame++) {
        const start = frame * RECOGNITION_FRAME_SAMPLES;
        probabilities[frame] = await detectOne(stream, frames.subarray(start, start + RECOGNITION_FRAME_SAMPLES));
      }
      return succeeded(probabilities);
    },
    end: (streamId) => void streams.delete(streamId),
    release: () => session.value.release(),
  });
}

function beginStream(): StreamState {
  return { gate: new LevelGate(), context: new Float32Array(CONTEXT_SAMPLES), model: undefined, framesSinceReset: 0 };
}

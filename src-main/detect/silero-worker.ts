import { RECOGNITION_FRAME_SAMPLES, RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { hostEngine, type Engine } from "../models/engine-host.ts";
import { readModel } from "../models/model-store.ts";
import { loadOnnxRuntime, type OnnxTensor } from "../models/onnx-session.ts";
import { LevelGate } from "./level-gate.ts";
import type { SileroRequest } from "./silero-streams.ts";

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

async function load(data: { modelsFolder: string | undefined }): Promise<Outcome<Engine<SileroRequest, Float32Array>>> {
  const [model, runtime] = await Promise.all([readModel("silero-vad", data.modelsFolder), loadOnnxRuntime()]);
  if (!model.ok) return model;
  if (!runtime.ok) return runtime;
  const ort = runtime.value;
  const session = await ort.open(model.value, 1);
  if (!session.ok) return session;
  const window = new Float32Array(CONTEXT_SAMPLES + RECOGNITION_FRAME_SAMPLES);
  const input = ort.floatTensor(window, [1, window.length]);
  const sr = ort.int64Tensor(BigInt64Array.of(BigInt(RECOGNITION_RATE_HZ)), []);
  const blankState = ort.floatTensor(new Float32Array(STATE_SIZE), STATE_SHAPE);
  const streams = new Map<number, StreamState>();

  const detect = async (stream: StreamState, frame: Float32Array): Promise<number> => {
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
  for (let run = 0; run < WARM_UP_FRAMES; run++) await detect(warmUp, new Float32Array(RECOGNITION_FRAME_SAMPLES));
  return succeeded({
    async answer({ streamId, frames }) {
      if (!frames) {
        streams.delete(streamId);
        return succeeded(new Float32Array());
      }
      const count = frames.length / RECOGNITION_FRAME_SAMPLES;
      if (count === 0 || !Number.isInteger(count) || !frames.every(Number.isFinite)) {
        return failed("detect-failed", "detect", "a frame is 512 finite samples", true);
      }
      const stream = streams.get(streamId) ?? beginStream();
      streams.set(streamId, stream);
      const probabilities = new Float32Array(count);
      for (let frame = 0; frame < count; frame++) {
        const start = frame * RECOGNITION_FRAME_SAMPLES;
        probabilities[frame] = await detect(stream, frames.subarray(start, start + RECOGNITION_FRAME_SAMPLES));
      }
      return succeeded(probabilities);
    },
    close: () => session.value.release(),
  });
}

function beginStream(): StreamState {
  return { gate: new LevelGate(), context: new Float32Array(CONTEXT_SAMPLES), model: undefined, framesSinceReset: 0 };
}

await hostEngine(load);

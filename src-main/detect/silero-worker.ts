import { RECOGNITION_FRAME_SAMPLES, RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { hostEngine, type Engine } from "../models/engine-host.ts";
import { readModel } from "../models/model-store.ts";
import { LevelGate } from "./level-gate.ts";
import { loadOnnxRuntime, type OnnxTensor } from "../models/onnx-session.ts";

/** Samples of the frame before that the model must see in front of each frame; without them it hears no speech at all. */
const CONTEXT_SAMPLES = 64;
const STATE_SHAPE = [2, 1, 128];
const STATE_SIZE = 256;
/** The state drifts in long sessions: it starts anew this often, but never while somebody speaks. */
const RESET_FRAMES = 156;
const QUIET_PROBABILITY = 0.1;
const WARM_UP_FRAMES = 4;

async function load(data: { modelsFolder: string | undefined }): Promise<Outcome<Engine<Float32Array, number>>> {
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
  let state = blankState;
  let framesSinceReset = 0;

  const detect = async (frame: Float32Array): Promise<number> => {
    window.copyWithin(0, RECOGNITION_FRAME_SAMPLES);
    window.set(frame, CONTEXT_SAMPLES);
    const { output, stateN } = await session.value.run({ input, state, sr });
    const probability = output?.data[0] as number;
    framesSinceReset += 1;
    if (framesSinceReset >= RESET_FRAMES && probability < QUIET_PROBABILITY) reset();
    else state = stateN as OnnxTensor;
    return probability;
  };
  const reset = (): void => {
    state = blankState;
    framesSinceReset = 0;
  };

  for (let run = 0; run < WARM_UP_FRAMES; run++) await detect(new Float32Array(RECOGNITION_FRAME_SAMPLES));
  reset();
  const gate = new LevelGate();
  return succeeded({
    async answer(frame) {
      if (frame.length !== RECOGNITION_FRAME_SAMPLES || !frame.every(Number.isFinite)) {
        return failed("detect-failed", "detect", "a frame is 512 finite samples", true);
      }
      return succeeded(gate.pass(frame, await detect(frame)));
    },
    close: () => session.value.release(),
  });
}

await hostEngine(load);

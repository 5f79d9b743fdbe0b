import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { readDownloadedModel } from "../models/downloaded-model.ts";
import { hostEngine, type Engine } from "../models/engine-host.ts";
import { signatureFailure } from "../models/graph-signature.ts";
import { loadOnnxRuntime } from "../models/onnx-session.ts";
import { SMART_TURN_SHAPE, smartTurnFeatures } from "./smart-turn-features.ts";

const WARM_UP_RUNS = 3;

async function load(data: { modelsFolder: string }): Promise<Outcome<Engine<Float32Array, number>>> {
  const [model, runtime] = await Promise.all([readDownloadedModel("smart-turn", data.modelsFolder), loadOnnxRuntime()]);
  if (!model.ok) return model;
  if (!runtime.ok) return runtime;
  const ort = runtime.value;
  const session = await ort.open(model.value, 1);
  if (!session.ok) return session;
  const graph = session.value;
  const output = graph.outputs[0]?.name ?? "probability";
  const failure = signatureFailure(model.value.path, graph, {
    inputs: [{ name: "input_features", shape: SMART_TURN_SHAPE }],
    outputs: [{ name: output }],
  });
  if (failure) return { ok: false, failure };

  const predict = async (pcm: Float32Array): Promise<ArrayLike<unknown>> => {
    const input_features = ort.floatTensor(smartTurnFeatures(pcm), SMART_TURN_SHAPE);
    const answer = await graph.run({ input_features }, [output]);
    return answer[output]?.data ?? [];
  };
  try {
    for (let run = 0; run < WARM_UP_RUNS; run++) {
      const { length } = await predict(new Float32Array(0));
      if (length !== 1) throw new Error(`${length} numbers`);
    }
  } catch {
    const expected = `one number for input_features (float32 [${SMART_TURN_SHAPE.join(", ")}])`;
    return failed("model-corrupt", "models", `the graph ${model.value.path} does not give ${expected}, as is expected`);
  }
  return succeeded({
    async answer(pcm) {
      const probability = Number((await predict(pcm))[0]);
      return probability >= 0 && probability <= 1
        ? succeeded(probability)
        : failed("detect-failed", "detect", "Smart Turn answered with something that is no probability", true);
    },
    close: () => graph.release(),
  });
}

await hostEngine(load);

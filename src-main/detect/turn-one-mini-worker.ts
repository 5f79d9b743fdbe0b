import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { readDownloadedModel } from "../models/downloaded-model.ts";
import { hostEngine, type Engine } from "../models/engine-host.ts";
import { signatureFailure } from "../models/graph-signature.ts";
import {
  loadOnnxRuntime,
  type OnnxRuntime,
  type OnnxSession,
  type OnnxTensor,
  type OnnxTensors,
} from "../models/onnx-session.ts";
import { STEP_PROBABILITIES, STEP_SAMPLES, TurnOneMiniStream, type TurnStep } from "./turn-one-mini-stream.ts";

const STATES = ["audio", "conv1", "conv2", "k", "v", "k_valid", "h6"].map((name) => `state_${name}`);
const OUTPUTS = ["probs", ...STATES.map((name) => `new_${name}`)];
const WARM_UP_STEPS = 4;

/** What the engine can be asked. Only `predict` has an answer of interest. */
export type TurnOneMiniRequest =
  /** A new utterance that begins with these samples. */
  | { readonly kind: "begin"; readonly pcm: Float32Array }
  | { readonly kind: "hear"; readonly pcm: Float32Array }
  | { readonly kind: "predict" };

async function load(data: { modelsFolder: string }): Promise<Outcome<Engine<TurnOneMiniRequest, number>>> {
  const [model, runtime] = await Promise.all([
    readDownloadedModel("turn-1-mini", data.modelsFolder),
    loadOnnxRuntime(),
  ]);
  if (!model.ok) return model;
  if (!runtime.ok) return runtime;
  const session = await runtime.value.open(model.value, 1);
  if (!session.ok) return session;
  const graph = session.value;
  const shapes = STATES.map((name) => stateShape(graph, name));
  const failure = signatureFailure(model.value.path, graph, {
    inputs: [{ name: "audio", shape: [1, STEP_SAMPLES] }, ...STATES.map((name, n) => ({ name, shape: shapes[n] }))],
    outputs: OUTPUTS.map((name, n) => ({ name, shape: n === 0 ? [STEP_PROBABILITIES] : shapes[n - 1] })),
  });
  if (failure) return { ok: false, failure };

  const blank = blankState(runtime.value, shapes);
  const begin = (): TurnOneMiniStream<OnnxTensors> =>
    new TurnOneMiniStream(blank, (audio, state) => runStep(runtime.value, graph, audio, state));
  try {
    const stream = begin();
    await stream.hear(new Float32Array(WARM_UP_STEPS * STEP_SAMPLES));
  } catch {
    return failed("model-corrupt", "models", `the graph ${model.value.path} does not run with the inputs it declares`);
  }
  let stream: TurnOneMiniStream<OnnxTensors> | undefined;
  return succeeded({
    async answer(request) {
      if (request.kind === "predict") {
        const probability = await stream?.peek();
        if (probability === undefined) return failed("detect-failed", "detect", "no utterance has begun", true);
        return probability >= 0 && probability <= 1
          ? succeeded(probability)
          : failed("detect-failed", "detect", "turn-1-mini answered with something that is no probability", true);
      }
      if (request.kind === "begin") stream = begin();
      await stream?.hear(request.pcm);
      return succeeded(0);
    },
    close: () => graph.release(),
  });
}

/** The shape that the graph declares for a state, undefined when it has none of the name. A size that it leaves open is 1. */
function stateShape(graph: OnnxSession, name: string): number[] | undefined {
  const state = graph.inputs.find((input) => input.name === name);
  return state?.shape.map((size) => (typeof size === "number" ? size : 1));
}

function blankState(runtime: OnnxRuntime, shapes: readonly (readonly number[] | undefined)[]): OnnxTensors {
  const tensors = shapes.map((shape = []) =>
    runtime.floatTensor(new Float32Array(shape.reduce((product, size) => product * size, 1)), shape),
  );
  return Object.fromEntries(STATES.map((name, n) => [name, tensors[n] as OnnxTensor]));
}

async function runStep(
  runtime: OnnxRuntime,
  graph: OnnxSession,
  samples: Float32Array,
  state: OnnxTensors,
): Promise<TurnStep<OnnxTensors>> {
  const audio = runtime.floatTensor(samples, [1, STEP_SAMPLES]);
  const outputs = await graph.run({ audio, ...state }, OUTPUTS);
  return {
    probabilities: outputs["probs"]?.data as Float32Array,
    state: Object.fromEntries(STATES.map((name) => [name, outputs[`new_${name}`] as OnnxTensor])),
  };
}

await hostEngine(load);

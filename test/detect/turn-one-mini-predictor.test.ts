import { expect, onTestFinished, test } from "vitest";
import { createTurnOneMiniPredictor } from "../../src-main/detect/turn-one-mini-predictor.ts";
import type { EndOfTurnPredictor } from "../../src-main/turn/ports.ts";
import { noise } from "../fixtures/noise.ts";
import type { TestGraph, TestValue } from "../fixtures/onnx-graph.ts";
import { downloadedModels, turnOneMiniGraph } from "../fixtures/turn-models.ts";

const FRAME = 512;
const STEP = 2560;
const EVIDENCE = {
  pcm: new Float32Array(0),
  speechEndSample: 0,
  transcript: { text: "", tokens: [], tokenLogProbabilities: [], elapsedMs: 0 },
};

function start(modelsFolder: string): ReturnType<typeof createTurnOneMiniPredictor> {
  const predictor = createTurnOneMiniPredictor({ modelsFolder });
  onTestFinished(() => predictor.close());
  return predictor;
}

/** Tells the predictor samples in frames, as a microphone does. */
function hear(predictor: EndOfTurnPredictor, pcm: Float32Array): void {
  for (let at = 0; at < pcm.length; at += FRAME) predictor.hear(pcm.slice(at, at + FRAME));
}

async function predict(predictor: EndOfTurnPredictor): Promise<number> {
  const outcome = await predictor.predict(EVIDENCE, new AbortController().signal);
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  return outcome.value;
}

/** What {@link turnOneMiniGraph} says after all these samples of an utterance. */
function expected(pcm: Float32Array): number {
  const whole = Math.floor(pcm.length / 320);
  const steps = Math.floor((whole - 1) / 8);
  const mean = (samples: Float32Array): number => samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  let sum = mean(pcm.subarray((whole - 1) * 320, whole * 320));
  for (let step = 0; step < steps; step++) sum += mean(pcm.subarray(step * STEP, (step + 1) * STEP));
  return 1 / (1 + Math.exp(-sum));
}

/** Frames of noise, so many, that differ from those of another start. */
function frames(count: number, start = 0): Float32Array {
  return noise((start + count) * FRAME).subarray(start * FRAME);
}

test("carries the state from step to step, and answers for the last 20 ms that were heard", async () => {
  const predictor = start(downloadedModels({ "turn-1-mini": turnOneMiniGraph }));
  const heard = frames(40);
  predictor.begin();
  for (const upTo of [1, 4, 5, 6, 17, 33, 40]) {
    const before = [0, 1, 4, 5, 6, 17, 33][[1, 4, 5, 6, 17, 33, 40].indexOf(upTo)] as number;
    hear(predictor, heard.subarray(before * FRAME, upTo * FRAME));
    expect(await predict(predictor)).toBeCloseTo(expected(heard.subarray(0, upTo * FRAME)), 5);
  }
});

test("asking changes nothing: it runs on a copy of the state", async () => {
  const predictor = start(downloadedModels({ "turn-1-mini": turnOneMiniGraph }));
  const heard = frames(23);
  predictor.begin();
  for (let frame = 0; frame < 23; frame++) {
    hear(predictor, heard.subarray(frame * FRAME, (frame + 1) * FRAME));
    const asked = await Promise.all([predict(predictor), predict(predictor)]);
    expect(asked[0]).toBe(asked[1]);
  }
  expect(await predict(predictor)).toBeCloseTo(expected(heard), 5);
});

test("an utterance begins anew, with the half second that was heard before it", async () => {
  const predictor = start(downloadedModels({ "turn-1-mini": turnOneMiniGraph }));
  hear(predictor, frames(4));
  predictor.begin();
  expect(await predict(predictor)).toBeCloseTo(expected(frames(4)), 5);
  hear(predictor, frames(30, 4));
  expect(await predict(predictor)).toBeCloseTo(expected(frames(34)), 5);
  hear(predictor, frames(3, 34));
  predictor.begin();
  hear(predictor, frames(11, 37));
  expect(await predict(predictor)).toBeCloseTo(expected(noise(48 * FRAME).subarray(37 * FRAME - 8_000)), 5);
});

test("before the first utterance there is nothing to judge", async () => {
  const predictor = start(downloadedModels({ "turn-1-mini": turnOneMiniGraph }));
  hear(predictor, frames(20));
  const outcome = await predictor.predict(EVIDENCE, new AbortController().signal);
  expect(outcome).toMatchObject({ ok: false, failure: { code: "detect-failed", retryable: true } });
  predictor.begin();
  expect(await predict(predictor)).toBeGreaterThan(0);
});

test("samples that are too loud or not finite are as if they were not", async () => {
  const predictor = start(downloadedModels({ "turn-1-mini": turnOneMiniGraph }));
  const [broken, mended] = [frames(13).slice(), frames(13).slice()];
  broken.set([Number.NaN, Infinity, -Infinity, 7, -7], 2_558);
  mended.set([0, 0, 0, 1, -1], 2_558);
  predictor.begin();
  hear(predictor, broken);
  expect(await predict(predictor)).toBeCloseTo(expected(mended), 5);
});

test("an aborted request rejects with the reason, and what was heard is kept", async () => {
  const predictor = start(downloadedModels({ "turn-1-mini": turnOneMiniGraph }));
  predictor.begin();
  hear(predictor, frames(8));
  const abort = new AbortController();
  const answer = predictor.predict(EVIDENCE, abort.signal);
  abort.abort(new Error("the user goes on"));
  await expect(answer).rejects.toThrow("the user goes on");
  hear(predictor, frames(8, 8));
  expect(await predict(predictor)).toBeCloseTo(expected(frames(16)), 5);
});

test("a model that is not there is model-missing and says how to get it", async () => {
  const predictor = start(downloadedModels({}));
  predictor.begin();
  hear(predictor, frames(20));
  expect(await predictor.ready).toMatchObject({ ok: false, failure: { code: "model-missing" } });
  await expect(predict(predictor)).rejects.toThrow("repartee models get turn-1-mini");
});

const WRONG: Readonly<Record<string, { readonly graph: TestGraph; readonly says: string }>> = {
  "no state": {
    graph: { ...turnOneMiniGraph, ...without("h6") },
    says: "has no input state_h6 where state_h6 (float32) is expected",
  },
  "a state that is not given back": {
    graph: { ...turnOneMiniGraph, outputs: turnOneMiniGraph.outputs.filter(({ name }) => name !== "new_state_k") },
    says: "has no output new_state_k where new_state_k (float32 [1, 3, 2]) is expected",
  },
  "a state that grows": {
    graph: {
      ...turnOneMiniGraph,
      outputs: replaced("new_state_v", { name: "new_state_v", shape: [1, 8, 2] }).outputs,
      nodes: [
        ...without("v").nodes,
        { operation: "Concat", inputs: ["state_v", "state_v"], outputs: ["new_state_v"], attributes: { axis: 1 } },
      ],
    },
    says: "new_state_v (float32 [1, 8, 2]) where new_state_v (float32 [1, 4, 2]) is expected",
  },
  "integers as state": {
    graph: {
      ...turnOneMiniGraph,
      inputs: replaced("state_k", { name: "state_k", shape: [1, 3, 2], type: "int64" }).inputs,
      outputs: replaced("new_state_k", { name: "new_state_k", shape: [1, 3, 2], type: "int64" }).outputs,
    },
    says: "state_k (int64 [1, 3, 2]) where state_k (float32 [1, 3, 2]) is expected",
  },
  "another probability": {
    graph: {
      ...turnOneMiniGraph,
      outputs: replaced("probs", { name: "logits", shape: [8] }).outputs,
    },
    says: "has no output probs where probs (float32 [8]) is expected",
  },
};

function without(state: string): Pick<TestGraph, "inputs" | "outputs" | "nodes"> {
  const names = [`state_${state}`, `new_state_${state}`];
  return {
    inputs: turnOneMiniGraph.inputs.filter(({ name }) => !names.includes(name)),
    outputs: turnOneMiniGraph.outputs.filter(({ name }) => !names.includes(name)),
    nodes: turnOneMiniGraph.nodes.filter(({ outputs }) => !outputs.some((name) => names.includes(name))),
  };
}

function replaced(name: string, value: TestValue): Pick<TestGraph, "inputs" | "outputs"> {
  const swap = (values: readonly TestValue[]): TestValue[] => values.map((old) => (old.name === name ? value : old));
  return { inputs: swap(turnOneMiniGraph.inputs), outputs: swap(turnOneMiniGraph.outputs) };
}

test.each(Object.keys(WRONG))(
  "a graph of another kind is model-corrupt and says what was expected: %s",
  async (name) => {
    const { graph, says } = WRONG[name] as (typeof WRONG)[string];
    const loaded = await start(downloadedModels({ "turn-1-mini": graph })).ready;
    expect(loaded).toMatchObject({ ok: false, failure: { code: "model-corrupt", stage: "models" } });
    expect(JSON.stringify(loaded)).toContain(says);
  },
);

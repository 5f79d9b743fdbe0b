import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { smartTurnFeatures } from "../../src-main/detect/smart-turn-features.ts";
import { createSmartTurnPredictor } from "../../src-main/detect/smart-turn-predictor.ts";
import type { EndOfTurnPredictor } from "../../src-main/turn/ports.ts";
import { noise } from "../fixtures/noise.ts";
import type { TestGraph } from "../fixtures/onnx-graph.ts";
import { downloadedModels, smartTurnGraph, SPECTRUM_WEIGHTS } from "../fixtures/turn-models.ts";

const NOTHING_SAID = { text: "", tokens: [], tokenLogProbabilities: [], elapsedMs: 0 };

function start(modelsFolder: string): ReturnType<typeof createSmartTurnPredictor> {
  const predictor = createSmartTurnPredictor({ modelsFolder });
  onTestFinished(() => predictor.close());
  return predictor;
}

async function predict(
  predictor: EndOfTurnPredictor,
  pcm: Float32Array,
  speechEndSample = pcm.length,
): Promise<number> {
  const evidence = { pcm, speechEndSample, transcript: NOTHING_SAID };
  const outcome = await predictor.predict(evidence, new AbortController().signal);
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  return outcome.value;
}

/** What {@link smartTurnGraph} says of samples. */
function expected(pcm: Float32Array): number {
  const features = smartTurnFeatures(pcm);
  const sum = features.reduce((sum, value, n) => sum + value * (SPECTRUM_WEIGHTS[n % 800] as number), 0);
  return 1 / (1 + Math.exp(-sum / features.length));
}

test("gives the model the log-mel spectrogram of the utterance at the end of 8 s", async () => {
  const predictor = start(downloadedModels({ "smart-turn": smartTurnGraph }));
  const loaded = await predictor.ready;
  expect(loaded.ok && loaded.value.loadMs).toBeGreaterThan(0);
  const said = noise(24_000);
  const before = new Float32Array(128_000);
  before.set(said, 104_000);
  expect(await predict(predictor, said)).toBeCloseTo(expected(said), 5);
  expect(expected(said)).toBe(expected(before));
  expect(Math.abs(expected(said) - expected(noise(100_000)))).toBeGreaterThan(0.001);
});

test("how loud somebody speaks does not matter", () => {
  const [loud, quiet] = [
    smartTurnFeatures(noise(128_000)),
    smartTurnFeatures(noise(128_000).map((sample) => sample / 8)),
  ];
  expect(Math.max(...loud.map((value, n) => Math.abs(value - (quiet[n] as number))))).toBeLessThan(0.001);
});

test("hears the last 8 s, and 200 ms of the pause at most", async () => {
  const predictor = start(downloadedModels({ "smart-turn": smartTurnGraph }));
  const said = noise(160_000);
  expect(await predict(predictor, said)).toBeCloseTo(expected(said.subarray(32_000)), 5);
  expect(await predict(predictor, said, 100_000)).toBeCloseTo(expected(said.subarray(0, 103_200)), 5);
  expect(said.length).toBe(160_000);
});

test("samples that are too loud or not finite are as if they were not", async () => {
  const predictor = start(downloadedModels({ "smart-turn": smartTurnGraph }));
  const [broken, mended] = [noise(16_000), noise(16_000)];
  broken.set([Number.NaN, Infinity, -Infinity, 7, -7], 5_000);
  mended.set([0, 0, 0, 1, -1], 5_000);
  expect(await predict(predictor, broken)).toBe(await predict(predictor, mended));
  expect(await predict(predictor, new Float32Array(16_000).fill(Number.NaN))).toBeCloseTo(
    expected(new Float32Array(0)),
    5,
  );
});

test("an aborted request rejects with the reason, and the next one is answered", async () => {
  const predictor = start(downloadedModels({ "smart-turn": smartTurnGraph }));
  const abort = new AbortController();
  const evidence = { pcm: noise(16_000), speechEndSample: 16_000, transcript: NOTHING_SAID };
  const answer = predictor.predict(evidence, abort.signal);
  abort.abort(new Error("the user goes on"));
  await expect(answer).rejects.toThrow("the user goes on");
  expect(await predict(predictor, noise(16_000))).toBeGreaterThan(0);
});

test("a model that is not there is model-missing and says how to get it; a damaged one is model-corrupt", async () => {
  const missing = { ok: false, failure: { code: "model-missing", stage: "models" } };
  const predictor = start(downloadedModels({}));
  expect(await predictor.ready).toMatchObject(missing);
  expect(JSON.stringify(await predictor.ready)).toContain("repartee models get smart-turn");
  await expect(predict(predictor, noise(1_000))).rejects.toThrow("repartee models get smart-turn");
  const folder = downloadedModels({ "smart-turn": smartTurnGraph });
  appendFileSync(join(folder, "smart-turn-v3.2-cpu.onnx"), "x");
  const damaged = await start(folder).ready;
  expect(damaged).toMatchObject({ ok: false, failure: { code: "model-corrupt" } });
  expect(JSON.stringify(damaged)).toContain("SHA-256: run repartee models get smart-turn");
});

const [input, output] = [smartTurnGraph.inputs[0], smartTurnGraph.outputs[0]] as const;
const WRONG: Readonly<Record<string, { readonly graph: TestGraph | Uint8Array; readonly says: string }>> = {
  "no graph": { graph: Buffer.from("not a graph"), says: "is not a graph that this ONNX Runtime can load" },
  "another input": {
    graph: {
      ...smartTurnGraph,
      inputs: [{ name: "audio", shape: [1, 80, 800] }],
      nodes: smartTurnGraph.nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map((name) => (name === "input_features" ? "audio" : name)),
      })),
    },
    says: "has no input input_features where input_features (float32 [1, 80, 800]) is expected",
  },
  "another length": {
    graph: {
      ...smartTurnGraph,
      inputs: [{ name: "input_features", shape: [1, 80, 3000] }],
      nodes: [
        { operation: "ReduceMean", inputs: ["input_features"], outputs: ["logits"], attributes: { keepdims: 1 } },
      ],
    },
    says: "input_features (float32 [1, 80, 3000]) where input_features (float32 [1, 80, 800]) is expected",
  },
  "another type": {
    graph: {
      inputs: [{ name: "input_features", shape: [1, 80, 800], type: "int64" }],
      outputs: [{ name: "logits", shape: [1, 80, 800], type: "int64" }],
      nodes: [{ operation: "Identity", inputs: ["input_features"], outputs: ["logits"] }],
    },
    says: "input_features (int64 [1, 80, 800]) where input_features (float32 [1, 80, 800]) is expected",
  },
  "one input more": {
    graph: {
      ...smartTurnGraph,
      inputs: [input!, { name: "speed", shape: [1] }],
      nodes: [
        ...smartTurnGraph.nodes.slice(0, 2),
        { operation: "Add", inputs: ["mean", "speed"], outputs: ["logits"] },
      ],
    },
    says: "takes an input speed (float32 [1])",
  },
  "more than one number": {
    graph: {
      inputs: [input!],
      outputs: [{ ...output!, shape: ["batch", 80, 800] }],
      nodes: [{ operation: "Sigmoid", inputs: ["input_features"], outputs: ["logits"] }],
    },
    says: "does not give one number",
  },
};

test.each(Object.keys(WRONG))(
  "a graph of another kind is model-corrupt and says what was expected: %s",
  async (name) => {
    const { graph, says } = WRONG[name] as (typeof WRONG)[string];
    const loaded = await start(downloadedModels({ "smart-turn": graph })).ready;
    expect(loaded).toMatchObject({ ok: false, failure: { code: "model-corrupt", stage: "models" } });
    expect(JSON.stringify(loaded)).toContain(says);
  },
);

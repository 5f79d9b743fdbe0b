import type { InferenceSession, Tensor } from "onnxruntime-node";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import type { StoredModel } from "./model-store.ts";

/** Tensor on the CPU. */
export type OnnxTensor = Tensor;

/** What a run takes and gives, by the names of the graph. */
export type OnnxTensors = Readonly<Record<string, OnnxTensor>>;

/** An input or output as a graph declares it. */
export interface GraphValue {
  readonly name: string;
  /** Type of the elements, or "no tensor". */
  readonly type: string;
  /** A name or an empty text stands for a size that the graph leaves open. Empty for a scalar and when nothing is declared. */
  readonly shape: readonly (number | string)[];
}

/** A loaded graph. */
export interface OnnxSession {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Runs on the calling thread and blocks it. `outputs`: the names to compute; all of them when left out. */
  run(inputs: OnnxTensors, outputs?: readonly string[]): Promise<OnnxTensors>;
  release(): Promise<void>;
}

/** The runtime that executes ONNX graphs. */
export interface OnnxRuntime {
  /**
   * Loads a graph, and releases its file, with that many threads for one operator. `packed`: the weights of matrix products are stored in the
   * order in which they are read. Code: model-corrupt.
   */
  open(model: StoredModel, threads: number, packed?: "packed"): Promise<Outcome<OnnxSession>>;
  /** Wraps `data` without copying: the next run sees what was written to it since. */
  floatTensor(data: Float32Array, shape: readonly number[]): OnnxTensor;
  int64Tensor(data: BigInt64Array, shape: readonly number[]): OnnxTensor;
  booleanTensor(value: boolean): OnnxTensor;
}

/**
 * How every graph is run. Threads do not spin while they wait, because a voice assistant idles most of the time. Quantized weights that are
 * used as floats are unpacked once, when loading: that halves the time of a Moonshine token, whose embedding would be unpacked for each.
 * Memory comes from the system's allocator. Weights are packed only where that is worth the memory.
 */
const SESSION_OPTIONS = {
  executionProviders: ["cpu"],
  interOpNumThreads: 1,
  executionMode: "sequential",
  logSeverityLevel: 3,
  enableCpuMemArena: false,
  extra: {
    session: {
      disable_quant_qdq: "1",
      intra_op: { allow_spinning: "0" },
      inter_op: { allow_spinning: "0" },
    },
  },
} satisfies InferenceSession.SessionOptions;

/**
 * Loads ONNX Runtime: the only place that does. Native code, so call it in a worker. Code: model-runtime-missing.
 */
export async function loadOnnxRuntime(): Promise<Outcome<OnnxRuntime>> {
  let ort: typeof import("onnxruntime-node");
  try {
    ort = await import("onnxruntime-node");
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] as string) : "unknown reason";
    const platform = `${process.platform}-${process.arch}`;
    return failed("model-runtime-missing", "models", `onnxruntime-node does not load on ${platform}: ${reason}`);
  }
  return succeeded({
    async open(model, threads, packed) {
      const session = { ...SESSION_OPTIONS.extra.session, disable_prepacking: packed ? "0" : "1" };
      const options = { ...SESSION_OPTIONS, intraOpNumThreads: threads, extra: { session } };
      try {
        const graph = await ort.InferenceSession.create(model.bytes, options);
        model.release();
        return succeeded({
          inputs: graph.inputMetadata.map(describeValue),
          outputs: graph.outputMetadata.map(describeValue),
          run: (inputs, outputs) => (outputs ? graph.run(inputs, outputs) : graph.run(inputs)),
          release: () => graph.release(),
        });
      } catch {
        return failed("model-corrupt", "models", `${model.path} is not a graph that this ONNX Runtime can load`);
      }
    },
    floatTensor: (data, shape) => new ort.Tensor("float32", data, shape),
    int64Tensor: (data, shape) => new ort.Tensor("int64", data, shape),
    booleanTensor: (value) => new ort.Tensor("bool", [value], [1]),
  });
}

function describeValue(value: InferenceSession.ValueMetadata): GraphValue {
  return value.isTensor
    ? { name: value.name, type: value.type, shape: value.shape }
    : { name: value.name, type: "no tensor", shape: [] };
}

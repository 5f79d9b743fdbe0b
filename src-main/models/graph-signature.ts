import { failure, type Failure } from "../../src-shared/failure.ts";
import type { GraphValue, OnnxSession } from "./onnx-session.ts";

/** A float32 tensor that a graph must have. */
export interface ExpectedValue {
  readonly name: string;
  /** Undefined where any shape will do. */
  readonly shape?: readonly number[] | undefined;
}

/** The inputs, no more and no less, and the outputs, which may be more, of a graph. */
export interface GraphSignature {
  readonly inputs: readonly ExpectedValue[];
  readonly outputs: readonly ExpectedValue[];
}

/** A value that exists or is wanted. */
interface Described {
  readonly name: string;
  readonly type?: string;
  readonly shape?: readonly (number | string)[] | undefined;
}

/**
 * Says what is wrong with a graph that is not the kind that is expected, in a model-corrupt failure that names the expected; undefined when
 * nothing is. A size that the graph leaves open fits any. `path`: of the graph's file. Pure.
 */
export function signatureFailure(path: string, graph: OnnxSession, expected: GraphSignature): Failure | undefined {
  const unknown = graph.inputs.find(({ name }) => !expected.inputs.some((input) => input.name === name));
  const problem =
    mismatch("input", graph.inputs, expected.inputs) ??
    mismatch("output", graph.outputs, expected.outputs) ??
    (unknown &&
      `takes an input ${describe(unknown)}; expected are ${expected.inputs.map((input) => describe(input)).join(", ")}`);
  return problem === undefined ? undefined : failure("model-corrupt", "models", `the graph ${path} ${problem}`);
}

function mismatch(
  kind: "input" | "output",
  found: readonly GraphValue[],
  expected: readonly ExpectedValue[],
): string | undefined {
  for (const wanted of expected) {
    const value = found.find(({ name }) => name === wanted.name);
    const is = `where ${describe(wanted)} is expected`;
    if (!value) return `has no ${kind} ${wanted.name} ${is}`;
    if (value.type !== "float32" || !fits(value.shape, wanted.shape)) return `has the ${kind} ${describe(value)} ${is}`;
  }
  return undefined;
}

function fits(shape: GraphValue["shape"], wanted: readonly number[] | undefined): boolean {
  if (wanted === undefined || shape.length === 0) return true;
  return (
    shape.length === wanted.length && shape.every((size, axis) => typeof size === "string" || size === wanted[axis])
  );
}

function describe({ name, shape, type = "float32" }: Described): string {
  const sizes = shape?.map((size) => (size === "" ? "any" : size)).join(", ");
  return sizes === undefined ? `${name} (${type})` : `${name} (${type} [${sizes}])`;
}

import type { MathJsInstance } from "mathjs";

/** The part of mathjs that the skills use. */
export type MathEngine = Pick<MathJsInstance, "evaluate" | "unit">;

let engine: Promise<MathEngine> | undefined;

/** Loads mathjs, once. Its one-file build is read in 60 ms on the main thread, its modules would take half a second. */
export function loadMathEngine(): Promise<MathEngine> {
  // @ts-expect-error: the one-file build has no types of its own.
  engine ??= import("mathjs/lib/browser/math.js").then((module: { default: MathEngine }) => module.default);
  return engine;
}

import type { BenchResult } from "../bench-result.ts";
import { benchDamagedInput } from "./damaged-input.ts";
import { measureListening } from "./listening.ts";
import { measureServing } from "./serving.ts";
import { benchStdioHalfHour } from "./stdio-half-hour.ts";

/** See README.md. */
export async function run({ long }: { readonly long: boolean }): Promise<BenchResult> {
  const parts = [
    () => measureListening(long),
    () => measureServing(long),
    ...(long ? [benchStdioHalfHour, benchDamagedInput] : []),
  ];
  const results: BenchResult[] = [];
  for (const part of parts) results.push(await part());
  return { rows: results.flatMap(({ rows }) => rows), verdicts: results.flatMap(({ verdicts }) => verdicts) };
}

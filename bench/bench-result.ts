/** One measured row of a bench: column name to value. Rows of the same `part` are one table. */
export type BenchRow = Readonly<Record<string, string | number | undefined>>;

/** A bar that the bench holds: met when `value` is at most `limit` (or at least, where the wording says so). */
export interface Verdict {
  readonly what: string;
  readonly limit: number;
  readonly value: number;
  readonly ok: boolean;
}

/** What a bench returns; the harness adds name and machine. */
export interface BenchResult {
  readonly rows: readonly BenchRow[];
  readonly verdicts: readonly Verdict[];
}

/** How a bench is run. */
export interface BenchRun {
  /** Include what takes minutes. */
  readonly long: boolean;
  /** Told all that is measured so far, whenever a part is done. */
  readonly partDone: (soFar: BenchResult) => void;
}

/** A bench: one folder below `bench/` whose `bench.ts` exports `run`. */
export interface Bench {
  run(options: BenchRun): Promise<BenchResult>;
}

/** Met when `value` is not above `limit`. NaN is never met. */
export function atMost(what: string, value: number, limit: number): Verdict {
  return { what, limit, value, ok: value <= limit };
}

/** Met when `value` is not below `limit`. NaN is never met. */
export function atLeast(what: string, value: number, limit: number): Verdict {
  return { what, limit, value, ok: value >= limit };
}

/** The `share` (0 to 1) quantile of the values by nearest rank; NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

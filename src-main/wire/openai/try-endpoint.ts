import type { Outcome } from "../../../src-shared/failure.ts";
import { failure, type Failure } from "../../../src-shared/failure.ts";
import { retryWithBackoff } from "../retry-with-backoff.ts";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 4_000;

/** Tries one endpoint, again after what may pass: a connection, a busy or failing server. What took too long is not tried again. */
export async function tryEndpoint<T>(
  attempt: (signal: AbortSignal) => Promise<Outcome<T>>,
  mostRetries: number,
  signal: AbortSignal,
): Promise<Outcome<T>> {
  const patient = async (signal: AbortSignal): Promise<Outcome<T>> => {
    const outcome = await attempt(signal);
    if (outcome.ok || outcome.failure.code !== "source-timeout") return outcome;
    return { ok: false, failure: { ...outcome.failure, retryable: false } };
  };
  return retryWithBackoff(patient, signal, {
    mostAttempts: 1 + mostRetries,
    firstDelayMs: FIRST_DELAY_MS,
    longestDelayMs: LONGEST_DELAY_MS,
  });
}

/** What it means that every endpoint failed: the last failure, with the details of all. */
export function allFailed(failures: readonly Failure[]): Failure {
  const last = failures.at(-1);
  if (!last) return failure("source-unreachable", "wire", "no server is set");
  return { ...last, detail: failures.map(({ detail }) => detail).join("; ") };
}

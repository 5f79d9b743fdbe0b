import type { Outcome } from "../../src-shared/failure.ts";

/** How often and how patiently to try. */
export interface RetryOptions {
  /** Attempts in all, the first one included; 5 unless told. */
  readonly mostAttempts?: number;
  /** Longest wait before the second attempt, 250 ms unless told; doubled for each further one. */
  readonly firstDelayMs?: number;
  /** No wait is longer, 10 s unless told. */
  readonly longestDelayMs?: number;
  /** An attempt that lasted so long worked, whatever ended it: the count begins anew. Never unless told. */
  readonly fineAfterMs?: number;
  /** In [0, 1); `Math.random` unless told. */
  readonly random?: () => number;
}

/**
 * Tries until it works, the failure is not retryable, or the attempts are used up; then the last failure is the result. Waits between
 * attempts grow exponentially, each anywhere between half and all of its longest, so that many clients do not come back at once.
 * Throws the signal's reason when aborted.
 */
export async function retryWithBackoff<T>(
  attempt: (signal: AbortSignal) => Promise<Outcome<T>>,
  signal: AbortSignal,
  options: RetryOptions = {},
): Promise<Outcome<T>> {
  const { mostAttempts = 5, firstDelayMs = 250, longestDelayMs = 10_000, random = Math.random } = options;
  const { fineAfterMs = Number.POSITIVE_INFINITY } = options;
  for (let attempts = 1; ; attempts++) {
    signal.throwIfAborted();
    const startedAtMs = performance.now();
    const outcome = await attempt(signal);
    if (performance.now() - startedAtMs >= fineAfterMs) attempts = 1;
    if (outcome.ok || !outcome.failure.retryable || attempts >= mostAttempts) return outcome;
    const longestMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (attempts - 1));
    await sleep(longestMs * (0.5 + random() / 2), signal);
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}

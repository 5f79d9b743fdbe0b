/** What {@link withinTime} gives when time is up. */
export const TIME_IS_UP = Symbol("time is up");

/**
 * The promise's value, or {@link TIME_IS_UP} after `timeoutMs`. Rejects as the promise does, and with the signal's reason on abort. What the
 * promise does afterwards no longer counts.
 */
export async function withinTime<T>(
  promise: Promise<T>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<T | typeof TIME_IS_UP> {
  signal.throwIfAborted();
  const first = Promise.withResolvers<T | typeof TIME_IS_UP>();
  const abort = (): void => first.reject(signal.reason);
  const timer = setTimeout(() => first.resolve(TIME_IS_UP), timeoutMs);
  signal.addEventListener("abort", abort, { once: true });
  promise.then(first.resolve, first.reject);
  try {
    return await first.promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

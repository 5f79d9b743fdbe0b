/** What shells expect of a program that ended because of Ctrl+C. */
export const INTERRUPTED = 130;

/** Aborts when the user or the system asks the command to stop. A second time ends the process at once. */
export function untilInterrupted(): AbortSignal {
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interruption.abort());
  return interruption.signal;
}

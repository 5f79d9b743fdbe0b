/**
 * Environment of the assistant's process. The GNU C library keeps what the engines free, in a heap for every thread, and reads its settings
 * only when a process starts: this gives it back, 80 MB of 500. Other C libraries ignore it.
 */
export const runtimeEnvironment = { MALLOC_ARENA_MAX: "2", MALLOC_TRIM_THRESHOLD_: "1000000", ...process.env };

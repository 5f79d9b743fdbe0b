import { expect, test, vi } from "vitest";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { retryWithBackoff } from "../../src-main/wire/retry-with-backoff.ts";

const NEVER = new AbortController().signal;
const LOST = failed("source-lost", "wire", "lost", true);

/** Runs attempts on a clock of its own and returns the waits between them. */
async function waitsOf(outcomes: readonly Outcome<string>[], options: Parameters<typeof retryWithBackoff>[2]) {
  vi.useFakeTimers();
  try {
    const atMs: number[] = [];
    const result = retryWithBackoff(
      async () => {
        atMs.push(Date.now());
        return outcomes[atMs.length - 1] ?? LOST;
      },
      NEVER,
      options,
    );
    await vi.runAllTimersAsync();
    return { outcome: await result, waits: atMs.slice(1).map((ms, index) => ms - (atMs[index] ?? 0)) };
  } finally {
    vi.useRealTimers();
  }
}

test("waits double up to the longest, each between half and all of it", async () => {
  const options = { mostAttempts: 6, firstDelayMs: 100, longestDelayMs: 500 };
  const full = await waitsOf([], { ...options, random: () => 1 });
  expect(full.outcome).toEqual(LOST);
  expect(full.waits.map(Math.round)).toEqual([100, 200, 400, 500, 500]);
  const half = await waitsOf([], { ...options, random: () => 0 });
  expect(half.waits.map(Math.round)).toEqual([50, 100, 200, 250, 250]);
});

test("ends with success, or with a failure that lasts", async () => {
  const good = succeeded("good");
  expect(await waitsOf([LOST, LOST, good], {})).toMatchObject({ outcome: good, waits: { length: 2 } });
  const refused = failed("source-refused", "wire", "no");
  expect(await waitsOf([LOST, refused, good], {})).toMatchObject({ outcome: refused, waits: { length: 1 } });
});

test("an attempt that lasted begins the count anew", async () => {
  let attempts = 0;
  const outcome = await retryWithBackoff(
    async () => {
      attempts += 1;
      if (attempts === 2) await new Promise((resolve) => void setTimeout(resolve, 60));
      return failed("source-lost", "wire", "gone", true);
    },
    new AbortController().signal,
    { mostAttempts: 3, firstDelayMs: 1, fineAfterMs: 50 },
  );
  expect(outcome.ok).toBe(false);
  expect(attempts).toBe(4);
});

test("can be aborted while it waits", async () => {
  let attempts = 0;
  const attempt = async (): Promise<Outcome<string>> => {
    attempts++;
    return LOST;
  };
  const aborting = AbortSignal.timeout(50);
  await expect(retryWithBackoff(attempt, aborting, { firstDelayMs: 60_000 })).rejects.toThrow("timeout");
  await expect(retryWithBackoff(attempt, aborting)).rejects.toThrow("timeout");
  expect(attempts).toBe(1);
});

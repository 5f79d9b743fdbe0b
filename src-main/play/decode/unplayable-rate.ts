import { failure, type Failure } from "../../../src-shared/failure.ts";

/** What the resampler takes. */
const [LEAST_RATE_HZ, MOST_RATE_HZ] = [4_000, 192_000];

/** Why audio of this rate cannot be played; undefined where it can. Code: input-unreadable. */
export function unplayableRate(sampleRateHz: number): Failure | undefined {
  if (sampleRateHz >= LEAST_RATE_HZ && sampleRateHz <= MOST_RATE_HZ) return undefined;
  const detail = `audio at ${sampleRateHz} Hz cannot be played, only at ${LEAST_RATE_HZ} to ${MOST_RATE_HZ} Hz`;
  return failure("input-unreadable", "input", detail);
}

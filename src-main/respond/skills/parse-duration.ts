const UNIT_MS: readonly (readonly [name: RegExp, ms: number])[] = [
  [/^sec/, 1000],
  [/^min/, 60_000],
  [/^(?:hour|hr)/, 3_600_000],
  [/^day/, 86_400_000],
  [/^week/, 604_800_000],
];
const SHARES: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  "half a": 0.5,
  "half an": 0.5,
  "a quarter of an": 0.25,
  "a couple": 2,
  "a couple of": 2,
  "a few": 3,
  "1 and a half": 1.5,
};
const PART =
  /(\d+(?:\.\d+)?|1 and a half|half an?|a quarter of an|a couple of|a couple|a few|an?) (?:of an? )?(secs?|seconds?|mins?|minutes?|hours?|hrs?|days?|weeks?)\b( and a half| and a quarter)?/g;

/** Length in ms of what the `duration` slot matched, "1 hour and 20 minutes" or "1 minute 30". Pure. */
export function parseDuration(text: string): number {
  let totalMs = 0;
  let lastUnitMs = 0;
  for (const [, amount = "", unit = "", share = ""] of text.matchAll(PART)) {
    const unitMs = UNIT_MS.find(([name]) => name.test(unit))?.[1] ?? 0;
    const extra = share.endsWith("half") ? 0.5 : share.endsWith("quarter") ? 0.25 : 0;
    totalMs += ((SHARES[amount] ?? Number(amount)) + extra) * unitMs;
    lastUnitMs = unitMs;
  }
  const tail = /(?<=[a-z] (?:and )?)(\d+)$/.exec(text)?.[1];
  if (tail && lastUnitMs > 1000) totalMs += (Number(tail) * lastUnitMs) / 60;
  return Math.round(totalMs);
}

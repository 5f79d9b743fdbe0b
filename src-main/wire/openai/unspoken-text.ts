import { clauseStarts } from "./clause-starts.ts";

/** Nobody speaks more characters in a second: what was heard for so long is certainly no more of the text than this. */
const FASTEST_CHARACTERS_PER_SECOND = 25;

/**
 * Cuts a text whose speech broke off after `spokenMs` in two: what may have been heard, and what certainly was not, from the beginning of a
 * clause on; empty where no clause begins after what may have been heard. What is between the two is lost, but nothing is heard twice.
 */
export function unspokenText(
  text: string,
  spokenMs: number,
  rateRatio: number,
): readonly [heard: string, rest: string] {
  const mostHeard = (spokenMs / 1000) * FASTEST_CHARACTERS_PER_SECOND * rateRatio;
  const start = clauseStarts(text).find((start) => start >= mostHeard) ?? text.length;
  return [text.slice(0, start), text.slice(start)];
}

import type { Patience } from "../../src-shared/settings.ts";

/** The silence to wait for, in ms: at least when the user has surely finished, and at most when surely not. */
interface PatienceRange {
  readonly leastMs: number;
  readonly mostMs: number;
  /** Above 1, doubt counts for less. */
  readonly exponent: number;
}

const RANGES: Record<Patience, PatienceRange> = {
  quick: { leastMs: 64, mostMs: 1_200, exponent: 2 },
  balanced: { leastMs: 96, mostMs: 1_800, exponent: 1.5 },
  patient: { leastMs: 250, mostMs: 2_500, exponent: 1 },
};

/** Pauses of the user longer than this do not make the assistant wait longer. */
const LONGEST_HABIT_MS = 1_200;
/** How much of a usual pause is waited for, when it is not clear whether the user has finished. */
const HABIT_RATIO = 0.5;

/**
 * The silence after which the turn is over. `endProbability`: how likely the user has finished, 0 to 1. `habitMs`: how long the user
 * usually pauses inside a turn, 0 when not known.
 */
export function endSilenceMs(endProbability: number, patience: Patience, habitMs: number): number {
  const { leastMs, mostMs, exponent } = RANGES[patience];
  const doubt = Math.min(1, Math.max(0, 1 - endProbability)) ** exponent;
  const habit = Math.min(habitMs, LONGEST_HABIT_MS) * HABIT_RATIO * doubt;
  return Math.min(mostMs, leastMs + (mostMs - leastMs) * doubt + habit);
}

/** After this silence the turn is over, whatever is thought of it. */
export function longestSilenceMs(patience: Patience): number {
  return RANGES[patience].mostMs;
}

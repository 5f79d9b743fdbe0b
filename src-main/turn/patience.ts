import type { Patience } from "../../src-shared/settings.ts";
import { TURN_TUNING } from "./turn-tuning.ts";

/** How long a silence must be. */
interface PatienceRange {
  /** When the user has surely finished. */
  readonly leastMs: number;
  /** Whatever is thought. */
  readonly mostMs: number;
  /** Log-odds of the end from which on the least silence is enough. */
  readonly surelyOver: number;
  /** For each unit of log-odds that is missing. The longer a silence, the fewer pauses are that long: it makes up for doubt. */
  readonly doubtMs: number;
}

/**
 * Chosen on the half of the labelled turns that is for tuning, for the shortest delays with cut-ins in 13, 4 and 1.4 % of the turns. Silence
 * alone cuts into about 60 % of them at the delay of `quick`: most pause inside, for 0.2 to 1.5 s.
 */
const RANGES: Record<Patience, PatienceRange> = {
  quick: { leastMs: 96, mostMs: 1_500, surelyOver: 0.4, doubtMs: 1_000 },
  balanced: { leastMs: 160, mostMs: 1_600, surelyOver: 1.9, doubtMs: 3_000 },
  patient: { leastMs: 300, mostMs: 2_200, surelyOver: 2.7, doubtMs: 3_000 },
};

/** Of who pauses as long as this inside a turn, or is not known yet, doubt is waited out in full. */
export const LONG_HABIT_MS = 1_000;
/** What is left of the longest silence for who hardly pauses. */
const LEAST_SHARE = 0.5;

/**
 * The silence after which the turn is over. `endProbability`: how likely the user has finished, 0 to 1. `habitMs`: how long the user pauses
 * inside a turn, LONG_HABIT_MS until that is known.
 */
export function endSilenceMs(endProbability: number, patience: Patience, habitMs: number): number {
  const { leastMs, mostMs, surelyOver, doubtMs } = RANGES[patience];
  const doubt = surelyOver - Math.log(endProbability / (1 - endProbability));
  if (doubt <= 0) return leastMs;
  const share = Math.min(1, Math.max(LEAST_SHARE, habitMs / LONG_HABIT_MS));
  return Math.min(mostMs * share, leastMs + doubtMs * doubt);
}

/** How likely it is the end of what is understood, when the words and their sound alone made it so likely. */
export function endOfUnderstood(endProbability: number): number {
  const odds = TURN_TUNING.understoodOddsRatio * endProbability;
  return odds / (odds + 1 - endProbability);
}

/** The habit after one more pause of the user inside a turn. */
export function learntHabitMs(habitMs: number, pauseMs: number): number {
  if (pauseMs < TURN_TUNING.shortestHabitMs) return habitMs;
  return Math.max(pauseMs, habitMs + (pauseMs - habitMs) * TURN_TUNING.habitShare);
}

/** After this silence the turn is over, whatever is thought of it. */
export function longestSilenceMs(patience: Patience): number {
  return RANGES[patience].mostMs;
}

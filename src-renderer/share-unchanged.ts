import type { AssistantSnapshot, TurnView } from "../src-shared/turn-view.ts";

/**
 * The newer snapshot, with the older one's objects wherever they say the same. Snapshots arrive as copies, several a second; only what is a
 * different object is drawn again.
 */
export function shareUnchanged(older: AssistantSnapshot, newer: AssistantSnapshot): AssistantSnapshot {
  const shown = new Map(older.turns.map((turn) => [turn.turnId, turn]));
  const turns = newer.turns.map((turn) => keep(shown.get(turn.turnId), turn) satisfies TurnView);
  return { ...newer, turns: keep(older.turns, turns), timers: keep(older.timers, newer.timers) };
}

function keep<T>(older: T | undefined, newer: T): T {
  return older !== undefined && isEqual(older, newer) ? older : newer;
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const keys = Object.keys(a);
  const [left, right] = [a, b] as [Record<string, unknown>, Record<string, unknown>];
  return keys.length === Object.keys(b).length && keys.every((key) => isEqual(left[key], right[key]));
}

import type { TurnView } from "../../src-shared/turn-view.ts";

const SHOWN_TURNS = 200;

/** The turns of several conversations as one, in the order in which they were first seen. No two have the same id. */
export class TurnOrder {
  readonly #places = new Map<number, number>();
  #seen = 0;

  /** All turns of these logs, each oldest first; the latest 200. */
  merge(...logs: readonly (readonly TurnView[])[]): readonly TurnView[] {
    const all = logs.flat();
    for (const { turnId } of all) if (!this.#places.has(turnId)) this.#places.set(turnId, this.#seen++);
    return all.toSorted((a, b) => this.#placeOf(a) - this.#placeOf(b)).slice(-SHOWN_TURNS);
  }

  #placeOf({ turnId }: TurnView): number {
    return this.#places.get(turnId) as number;
  }
}

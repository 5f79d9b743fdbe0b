import { FixedStart, type StartPolicy } from "../../src-main/play/start-policy.ts";

const START_MS = 80;
const FIRST_PARTIAL_MS = 10;
const GROWTH_MS = 5;
const MOST_PARTIAL_MS = 80;

/** For comparison: the rule of Moshi's web client: starts with 80 + 10 ms, and waits 5 ms longer after every gap. */
export class GrowingStart extends FixedStart implements StartPolicy {
  #partialMs = FIRST_PARTIAL_MS;

  constructor() {
    super(START_MS);
  }

  override starved(): void {
    this.#partialMs = Math.min(MOST_PARTIAL_MS, this.#partialMs + GROWTH_MS);
  }

  override isReady(bufferedMs: number): boolean {
    return bufferedMs >= START_MS + this.#partialMs;
  }
}

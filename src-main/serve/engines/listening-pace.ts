import type { SharedTranscriber } from "./shared-transcriber.ts";

/** How a stretch of speech is looked at while it grows. */
export interface Pace {
  /** Audio between two looks. */
  readonly intervalMs: number;
  /** Audio before the words to come that each look begins with: the recognizer does better in context. */
  readonly contextMs: number;
}

const SHORTEST_INTERVAL_MS = 500;
/** Longer ones bring no more: what is looked at anew grows with them. */
const LONGEST_INTERVAL_MS = 5_000;
/** Share of the recognizer's time that looks may take; the rest is for ends of speech and recordings. */
const SHARE = 0.6;
const LONGEST_CONTEXT_MS = 6_000;
const SHORTEST_CONTEXT_MS = 2_500;
/** Shared among those who speak. */
const CONTEXT_MS = 20_000;

/** Tells how often each stream may be looked at, so that all of them together do not ask for more than there is. */
export class ListeningPace {
  readonly #transcriber: Pick<SharedTranscriber, "typicalMs">;
  #speaking = 0;

  constructor(transcriber: Pick<SharedTranscriber, "typicalMs">) {
    this.#transcriber = transcriber;
  }

  /** Somebody begins to speak in one of the streams. */
  enter(): void {
    this.#speaking += 1;
  }

  /** They are done. */
  leave(): void {
    this.#speaking -= 1;
  }

  get current(): Pace {
    const speaking = Math.max(1, this.#speaking);
    return {
      intervalMs: clamp((speaking * this.#transcriber.typicalMs) / SHARE, SHORTEST_INTERVAL_MS, LONGEST_INTERVAL_MS),
      contextMs: clamp(CONTEXT_MS / speaking, SHORTEST_CONTEXT_MS, LONGEST_CONTEXT_MS),
    };
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

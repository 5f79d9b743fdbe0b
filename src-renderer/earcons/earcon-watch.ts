import type { AssistantState } from "../../src-shared/turn-view.ts";
import type { Earcon } from "./play-earcon.ts";

/** An answer that is there sooner needs no sound before it. */
export const THINKING_AFTER_MS = 300;

/** What an earcon depends on. */
export interface EarconCause {
  readonly state: AssistantState;
  /** Whether the user holds the talk key. */
  readonly talkKeyHeld: boolean;
}

/**
 * Decides when an earcon sounds: when the assistant begins to listen, called by the wake phrase or the talk key, and when it has decided that
 * the turn is over and the answer takes longer than THINKING_AFTER_MS.
 */
export class EarconWatch {
  readonly #play: (earcon: Earcon) => void;
  #before: AssistantState = "starting";
  #wasDormant = false;
  #thinking: ReturnType<typeof setTimeout> | undefined;

  constructor(play: (earcon: Earcon) => void) {
    this.#play = play;
  }

  /** Takes note of what the window shows now. */
  notice({ state, talkKeyHeld }: EarconCause): void {
    if (state === this.#before) return;
    this.#before = state;
    clearTimeout(this.#thinking);
    if (state === "responding") this.#thinking = setTimeout(() => this.#play("thinking"), THINKING_AFTER_MS);
    const isCalled = this.#wasDormant || (talkKeyHeld && state === "hearing");
    if (isCalled && (state === "listening" || state === "hearing")) this.#play("listening");
    // The wake phrase alone is thought about for a moment before the assistant listens.
    if (state !== "deciding") this.#wasDormant = state === "asleep" || state === "ready";
  }
}

import type { AudioSession } from "../window/assistant-endpoint.ts";

/** Pauses the conversation while pages test the echo. A pause that the user wants meanwhile, or wanted before, outlasts it. Main thread. */
export class EchoPause {
  readonly #setPaused: (paused: boolean) => void;
  readonly #testing = new Set<AudioSession | undefined>();
  #userPaused = false;

  constructor(setPaused: (paused: boolean) => void) {
    this.#setPaused = setPaused;
  }

  /** `isPaused`: by the user, unless a test runs already. */
  begin(page: AudioSession | undefined, isPaused: boolean): void {
    if (this.#testing.size === 0) this.#userPaused = isPaused;
    this.#testing.add(page);
    if (!isPaused) this.#setPaused(true);
  }

  /** The page's test is over, or the page is gone. */
  end(page: AudioSession | undefined): void {
    const isLast = this.#testing.delete(page) && this.#testing.size === 0;
    if (isLast && !this.#userPaused) this.#setPaused(false);
  }

  userSets(paused: boolean): void {
    this.#userPaused = paused;
  }
}

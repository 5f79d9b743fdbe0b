/** What arrives from the open microphone. `silent`: nothing but zeros; `stalled`: nothing at all. */
export type SoundState = "sounding" | "silent" | "stalled";

/** Above the traces that the browser's noise suppression leaves of digital silence, below the faintest noise of any converter. */
const SILENT_BELOW_RATIO = 1e-6;
/** Levels come about ten times a second: 5 s. */
const LEVELS_UNTIL_SILENT = 52;
/** For 2 s there may be levels of the microphone before, or noise that the browser's processing makes while it settles. */
const UNSETTLED_LEVELS = 20;
const TICKS_UNTIL_STALLED = 4;
const SLEPT_MS = 2_000;

/** Time between two calls of {@link SoundWatch.tick}. A microphone is stalled after four. */
export const WATCH_TICK_MS = 250;

/**
 * Judges an open microphone by the levels that come from the audio thread. It counts ticks and levels, not time, so that a page that was held
 * up for a while takes nothing for a stall.
 */
export class SoundWatch {
  #state: SoundState;
  #ticksWithoutLevel = 0;
  #levels = 0;
  #silentLevels = 0;
  #hasSounded = false;
  #driftMs: number | undefined;

  /** `state`: what a microphone that is opened anew was before. */
  constructor(state: SoundState = "sounding") {
    this.#state = state;
  }

  /** Whether there has been any sound since the microphone was opened. */
  get hasSounded(): boolean {
    return this.#hasSounded;
  }

  /**
   * A level arrived at `wallMs`, when the audio context had rendered `audioMs`. The state when it changed; `slept` when more than 2 s passed
   * during which nothing was rendered, as when the machine slept.
   */
  level(levelRatio: number, wallMs: number, audioMs: number): SoundState | "slept" | undefined {
    this.#levels++;
    this.#ticksWithoutLevel = 0;
    const driftMs = wallMs - audioMs;
    const hasSlept = driftMs - (this.#driftMs ?? driftMs) > SLEPT_MS;
    this.#driftMs = driftMs;
    if (hasSlept) return "slept";
    if (levelRatio >= SILENT_BELOW_RATIO) {
      this.#silentLevels = 0;
      this.#hasSounded ||= this.#levels >= UNSETTLED_LEVELS;
      return this.#become("sounding");
    }
    this.#silentLevels++;
    if (this.#silentLevels >= LEVELS_UNTIL_SILENT || this.#state === "stalled") return this.#become("silent");
    return undefined;
  }

  /** Called every {@link WATCH_TICK_MS} while the audio context runs. The state when it changed. */
  tick(): SoundState | undefined {
    return ++this.#ticksWithoutLevel >= TICKS_UNTIL_STALLED ? this.#become("stalled") : undefined;
  }

  #become(state: SoundState): SoundState | undefined {
    if (state === this.#state) return undefined;
    this.#state = state;
    return state;
  }
}

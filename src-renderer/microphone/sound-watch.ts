/** What arrives from the open microphone. `silent`: nothing but zeros; `stalled`: nothing at all. */
export type SoundState = "sounding" | "silent" | "stalled";

/** 5 s. */
const TICKS_UNTIL_SILENT = 20;
/** For 2 s there may be clicks of a device that is being switched on. */
const UNSETTLED_TICKS = 8;
const TICKS_UNTIL_STALLED = 4;
const SLEPT_MS = 2_000;

/** Time between two calls of {@link SoundWatch.tick}. A microphone is stalled after four. */
export const WATCH_TICK_MS = 250;

/**
 * Judges an open microphone by the levels that come from the audio thread and by looks at its sound. It counts ticks, not time, so that a page
 * that was held up for a while takes nothing for a stall.
 */
export class SoundWatch {
  #state: SoundState;
  #hasLevel = false;
  #ticksWithoutLevel = 0;
  #ticks = 0;
  #silentTicks = 0;
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
   * A level arrived at `wallMs`, when the audio context had rendered `audioMs`. True when more than 2 s passed since the last one during which
   * nothing was rendered, as when the machine slept.
   */
  level(wallMs: number, audioMs: number): boolean {
    this.#hasLevel = true;
    const driftMs = wallMs - audioMs;
    const hasSlept = driftMs - (this.#driftMs ?? driftMs) > SLEPT_MS;
    this.#driftMs = driftMs;
    return hasSlept;
  }

  /** Called every {@link WATCH_TICK_MS} while the audio context runs; `sounds`: not all zeros since the last tick. The state when it changed. */
  tick(sounds: boolean): SoundState | undefined {
    this.#ticks++;
    if (!this.#hasLevel) return ++this.#ticksWithoutLevel >= TICKS_UNTIL_STALLED ? this.#become("stalled") : undefined;
    this.#hasLevel = false;
    this.#ticksWithoutLevel = 0;
    if (sounds) {
      this.#silentTicks = 0;
      this.#hasSounded ||= this.#ticks > UNSETTLED_TICKS;
      return this.#become("sounding");
    }
    return ++this.#silentTicks >= TICKS_UNTIL_SILENT ? this.#become("silent") : undefined;
  }

  #become(state: SoundState): SoundState | undefined {
    if (state === this.#state) return undefined;
    this.#state = state;
    return state;
  }
}

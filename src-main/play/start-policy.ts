/**
 * Decides when playback of a reply may start, or go on after a gap. Knows only what has arrived. All audio in ms; times on one clock.
 * Player thread; called every few ms, allocates nothing.
 */
export interface StartPolicy {
  /** More audio has arrived: `receivedMs` in all. */
  arrived(receivedMs: number, atMs: number): void;
  /** The source says how much there will be in all. */
  expect(totalMs: number): void;
  /** Nothing was left to play. */
  starved(): void;
  /** Whether `bufferedMs` are enough to play from now on. Not asked once everything has arrived. */
  isReady(bufferedMs: number, nowMs: number): boolean;
  /** Playback is slowed down while less than this waits; 0 for never. */
  slowBelowMs(nowMs: number): number;
  /** What the reply taught; undefined when nothing. */
  readonly pace: SourcePace | undefined;
}

/** What one reply taught about its source. */
export interface SourcePace {
  /** Audio received per ms, after the first piece. */
  readonly rate: number;
  readonly jitterMs: number;
}

/** Makes the rule for one reply. `known`: what the reply before taught about the source. */
export type StartPolicyMaker = (requestedAtMs: number, known: SourcePace | undefined) => StartPolicy;

/** Waits for a fixed amount of audio, at the start and after every gap, and never changes the tempo. */
export class FixedStart implements StartPolicy {
  readonly pace = undefined;
  readonly #preRollMs: number;

  constructor(preRollMs: number) {
    this.#preRollMs = preRollMs;
  }

  arrived(): void {}
  expect(): void {}
  starved(): void {}

  isReady(bufferedMs: number): boolean {
    return bufferedMs > 0 && bufferedMs >= this.#preRollMs;
  }

  slowBelowMs(): number {
    return 0;
  }
}

import type { OutputGap } from "./worklet-clock.ts";

/** What a browser tells of its audio output (Web Audio 1.1, `AudioPlaybackStats`). */
export interface ContextWithStats {
  readonly playbackStats?: { readonly underrunDuration: number };
}

/**
 * Finds out when the browser's own audio output was not filled in time. The browser counts every late block of the sound card; all of them
 * between two looks are one gap here. In a browser without the statistics it finds nothing.
 */
export class OutputGapReader {
  readonly #context: ContextWithStats;
  #silentMs: number;

  constructor(context: object) {
    this.#context = context;
    this.#silentMs = this.#readSilentMs();
  }

  /** The gap since the last call; undefined when there was none. */
  read(): OutputGap | undefined {
    const silentMs = this.#readSilentMs();
    const durationMs = silentMs - this.#silentMs;
    this.#silentMs = silentMs;
    return durationMs > 0 ? { kind: "output-gap", durationMs } : undefined;
  }

  #readSilentMs(): number {
    return (this.#context.playbackStats?.underrunDuration ?? 0) * 1000;
  }
}

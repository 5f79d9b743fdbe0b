/** How the page's sound runs. */
export interface SoundContext {
  /** `running`, `suspended`, `closed` or, on some systems, `interrupted`. */
  readonly state: string;
  readonly rateHz: number;
  /** From rendering to the speaker, as the browser says. */
  readonly outputLatencyMs: number;
}

/** Reads the state of an audio context. */
export function describeContext({ state, sampleRate, baseLatency, outputLatency }: AudioContext): SoundContext {
  return { state, rateHz: sampleRate, outputLatencyMs: (baseLatency + outputLatency) * 1000 };
}

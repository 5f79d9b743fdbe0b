/** Counts what happens in one channel, which is one stream of recognition or of synthesis, or a conversation. */
export interface ChannelMeter {
  /** A frame of 80 ms was handled, in so much time. */
  step(durationMs: number): void;
  /** A word was told so long after its end was received. */
  word(delayMs: number): void;
  /** The first audio left so long after the first text came. Once. */
  firstAudio(delayMs: number): void;
  /** The channel is free again. */
  close(): void;
}

/** What a channel is for. */
export type ChannelKind = "recognition" | "synthesis" | "conversation";

/** Counts for `/metrics`. `open`: a channel was taken by a session of that protocol. */
export interface SessionMeters {
  open(kind: ChannelKind, protocol: string): ChannelMeter;
}

const NOTHING = (): void => undefined;

/** Counts nothing. */
export const NO_METERS: SessionMeters = {
  open: () => ({ step: NOTHING, word: NOTHING, firstAudio: NOTHING, close: NOTHING }),
};

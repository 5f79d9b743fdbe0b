/** Samples of one step of a conversation, in and out: 80 ms. */
export const STEP_SAMPLES = 1_920;

/** What comes of one step. */
export interface ConversationStep {
  /** STEP_SAMPLES mono samples at PLAYBACK_RATE_HZ in [-1, 1]. */
  readonly output: Float32Array;
  /** Pieces of what is said in this sound or was said just before; a new word begins with a space. */
  readonly text: readonly string[];
}

/** Hears and speaks, a step at a time: the time of the conversation is that of its input. */
export interface ServedConversation {
  /** `input`: STEP_SAMPLES mono samples at CAPTURE_RATE_HZ in [-1, 1]; used again after the step. Steps do not overlap. */
  step(input: Float32Array): Promise<ConversationStep>;
  /** Ends the conversation. Not during a step. */
  close(): Promise<void>;
}

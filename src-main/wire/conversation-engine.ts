import type { Failure } from "../../src-shared/failure.ts";

/** Where what a conversation engine says goes. */
export interface ConversationOutput {
  /** Mono samples at PLAYBACK_RATE_HZ in [-1, 1], any number, at the pace at which was heard. They may be kept. */
  write(pcm: Float32Array): void;
  /** A piece of what is said; a new word begins with a space. */
  text(piece: string): void;
}

/** How a conversation engine stands. `failed` and `closed` are final. */
export type ConversationState =
  | { readonly kind: "starting" }
  | { readonly kind: "ready" }
  /** The other side is gone, because of this. Either it is `starting` again soon, or the engine has `failed`. */
  | { readonly kind: "interrupted"; readonly failure: Failure }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "closed" };

/** Hears the microphone and answers by itself, in full duplex: turn-taking is its own. */
export interface ConversationEngine {
  /** Mono samples at CAPTURE_RATE_HZ in [-1, 1], any number. What comes while it is not ready is not kept. Never blocks. */
  hear(pcm: Float32Array): void;
  /** Ends the conversation and resolves once the other side is let go. */
  close(): Promise<void>;
}

import type { InputRequest } from "./microphone-inputs.ts";

/** What the capture worklet posts to the page: the level about ten times a second, 0 to 1, and what it needs. */
export type CaptureMessage = { readonly kind: "level"; readonly levelRatio: number } | InputRequest;

/** Names of the IPC channels between the preload script and the Electron shell. */
export const CHANNELS = {
  /** invoke: name, input -> Outcome. */
  request: "assistant:request",
  /** renderer to main: send me events from now on. */
  subscribe: "assistant:subscribe",
  /** main to renderer: one AssistantEvent. */
  event: "assistant:event",
  /** Renderer to main: I want fresh audio ports. Main to renderer: here they are (microphone, speaker). */
  audioPorts: "assistant:audio-ports",
} as const;

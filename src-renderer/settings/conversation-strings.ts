import type { ConversationChoice } from "../../src-shared/conversation-choice.ts";

const TAKES_TURNS =
  "It takes turns in its own way: patience and the end of your turn do not count. “Stop” silences it at any time. What you type, Repartee answers itself.";
const HEARS =
  "everything the microphone hears; with “Hold to talk” only while you hold, with the wake phrase from the phrase on until nobody has spoken for 8 s.";

/** The texts of the form that says who holds the conversation. */
export const CONVERSATION_STRINGS = {
  title: "Who talks with you",
  engine: "Conversation held by",
  names: {
    own: "Repartee",
    command: "A program (framed PCM)",
    chat: "A server (Moshi, PersonaPlex)",
  } satisfies Record<ConversationChoice["engine"], string>,
  hints: {
    own: "Repartee listens and answers itself. By this, nothing leaves this machine.",
    command: `Until you mute or pause, this program gets ${HEARS} Whether it leaves this machine is up to the program. ${TAKES_TURNS}`,
    chat: `Until you mute or pause, this server gets ${HEARS} It is sent unencrypted unless the address begins with wss or https. ${TAKES_TURNS}`,
  } satisfies Record<ConversationChoice["engine"], string>,
  commandLine: "Program and arguments",
  commandLineHint:
    "Spaces separate arguments; put \"…\" or '…' around what has spaces in it. No shell is involved: ~, *, $ and \\ mean themselves.",
  starts: "Starts",
  voicePrompt: "Voice (PersonaPlex)",
  textPrompt: "Who it is (PersonaPlex)",
  textPromptPlaceholder: "You are a friendly assistant.",
} as const;

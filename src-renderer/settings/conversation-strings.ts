import type { ConversationChoice } from "../../src-shared/conversation-choice.ts";

const TAKES_TURNS =
  "It takes turns in its own way: mode, patience and the end of your turn do not count. What you type, Repartee answers itself.";

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
    command: `Until you mute or pause, everything the microphone hears is given to this program. Whether it leaves this machine is up to the program. ${TAKES_TURNS}`,
    chat: `Until you mute or pause, everything the microphone hears is sent to this server, unencrypted unless the address begins with wss or https. ${TAKES_TURNS}`,
  } satisfies Record<ConversationChoice["engine"], string>,
  commandLine: "Program and arguments",
  commandLineHint:
    "Spaces separate arguments; put \"…\" or '…' around what has spaces in it. No shell is involved: ~, *, $ and \\ mean themselves.",
  starts: "Starts",
  voicePrompt: "Voice (PersonaPlex)",
  textPrompt: "Who it is (PersonaPlex)",
  textPromptPlaceholder: "You are a friendly assistant.",
} as const;

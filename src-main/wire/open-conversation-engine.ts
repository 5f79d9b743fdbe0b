import type { ConversationChoice } from "../../src-shared/conversation-choice.ts";
import type { ConversationEngine, ConversationOutput, ConversationState } from "./conversation-engine.ts";
import { FramedPcmHost } from "./framed-pcm/framed-pcm-host.ts";
import { MoshiChat } from "./moshi-chat/moshi-chat.ts";
import type { OggOpusDecoder } from "./ogg-opus/ogg-opus-input.ts";

/** Who gets what an engine says, and how it stands. */
export interface ConversationEar {
  readonly output: ConversationOutput;
  readonly onState: (state: ConversationState) => void;
}

/** Starts the conversation engine that the settings name; undefined for our own. `createOggOpusDecoder`: for what a server says. */
export function openConversationEngine(
  { engine, command: [command = "", ...args], url, voicePrompt, textPrompt }: ConversationChoice,
  ear: ConversationEar,
  createOggOpusDecoder: () => Promise<OggOpusDecoder>,
): ConversationEngine | undefined {
  switch (engine) {
    case "own":
      return undefined;
    case "command":
      return new FramedPcmHost({ command, args, ...ear });
    case "chat":
      return new MoshiChat({ url, voicePrompt, textPrompt, createOggOpusDecoder, ...ear });
  }
}

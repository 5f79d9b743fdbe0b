import type { ServedProtocol } from "../route.ts";
import type { ServedEngines } from "../served-engines.ts";
import type { ServerSocket } from "../server-socket.ts";
import { NO_METERS, type SessionMeters } from "../session-meters.ts";
import { Slots } from "../slots.ts";
import { encodeChatMessage } from "./chat-messages.ts";
import { ChatSession, type ChatSessionContext } from "./chat-session.ts";

const LONGEST_WAIT_MS = 600_000;
const LONGEST_SILENCE_MS = 120_000;
const TRY_AGAIN_LATER = 1013;

/** See {@link chatServer}. */
export interface ChatServerOptions extends Pick<ChatSessionContext, "createOggOpusDecoder"> {
  readonly engines: Pick<ServedEngines, "converse">;
  /** Clients at once; further ones wait for the handshake. */
  readonly mostConversations: number;
  /** Longest wait for the handshake: 10 min unless told. */
  readonly longestWaitMs?: number;
  /** A client that sends no sound for so long is given up: 2 min unless told. */
  readonly longestSilenceMs?: number;
  readonly meters?: SessionMeters;
}

/** Conversations as Moshi's and PersonaPlex's servers hold them, with the assistant of this machine. `docs/protocols.md` says what is different. */
export function chatServer(options: ChatServerOptions): ServedProtocol {
  const { engines, createOggOpusDecoder, mostConversations, meters = NO_METERS } = options;
  const { longestWaitMs = LONGEST_WAIT_MS, longestSilenceMs = LONGEST_SILENCE_MS } = options;
  const slots = new Slots(mostConversations);
  return {
    name: "moshi-chat",
    httpRoutes: [],
    socketRoutes: [
      {
        path: "/api/chat",
        access: "any",
        busy: sayBusy,
        async open(socket, { query }) {
          const session = await ChatSession.open(socket, { createOggOpusDecoder, longestSilenceMs });
          try {
            const free = await slots.wait(longestWaitMs, socket.signal).catch(() => undefined);
            if (!free) return session.end(BUSY, TRY_AGAIN_LATER);
            try {
              const begin = () => engines.converse({ voice: voiceName(query.get("voice_prompt") ?? "") });
              await session.converse(begin, meters.open("conversation", "moshi-chat"));
            } finally {
              free();
            }
          } finally {
            await session.close();
          }
        },
      },
    ],
  };
}

const BUSY = "others are talking";

function sayBusy(socket: ServerSocket): void {
  socket.send(encodeChatMessage({ kind: "error", message: BUSY }));
  void socket.close(TRY_AGAIN_LATER);
}

/** PersonaPlex names the file of a voice. */
function voiceName(prompt: string): string {
  return prompt.replace(/\.\w+$/, "");
}

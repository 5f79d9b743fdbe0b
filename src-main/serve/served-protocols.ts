import { CAPTURE_RATE_HZ } from "../../src-shared/audio-format.ts";
import { createOggOpusStreamDecoder } from "../play/decode/ogg-opus-stream-decoder.ts";
import { chatServer } from "../wire/moshi-chat/chat-server.ts";
import { sttServer } from "../wire/moshi-stt/stt-server.ts";
import { ttsServer } from "../wire/moshi-tts/tts-server.ts";
import { openAiServer } from "../wire/openai/openai-server.ts";
import type { ServedProtocol } from "../wire/route.ts";
import type { ServedEngines } from "../wire/served-engines.ts";
import type { SessionMeters } from "../wire/session-meters.ts";
import { vibevoiceServer } from "../wire/vibevoice/vibevoice-server.ts";
import type { ServerLimits } from "./server-limits.ts";
import type { WorkerModule } from "./worker-config.ts";

const USUAL_BATCH_SIZE = 16;

/** What all protocols are served with. */
export interface ProtocolSurroundings {
  readonly engines: ServedEngines;
  readonly meters: SessionMeters;
  readonly limits: ServerLimits;
}

/** Where a path of moshi-server is, and how many channels it has. */
interface MoshiPath extends ProtocolSurroundings {
  readonly path: string;
  readonly batchSize: number;
}

/** All protocols at their usual paths. `batchSize`: channels of each path of moshi-server. */
export function createServedProtocols(
  surroundings: ProtocolSurroundings & { readonly batchSize: number; readonly mostConversations: number },
): readonly ServedProtocol[] {
  const { engines, meters, limits, mostConversations } = surroundings;
  return [
    recognition({ ...surroundings, path: "/api/asr-streaming" }),
    synthesis({ ...surroundings, path: "/api/tts_streaming" }),
    openAiServer({
      engines,
      meters,
      mostFileBytes: limits.mostBodyBytes,
    }),
    vibevoiceServer({ engines, meters }),
    chatServer({ engines, meters, mostConversations, createOggOpusDecoder: createOggOpusStreamDecoder }),
  ];
}

/** The modules of a configuration of moshi-server, each at its path. */
export function createServedModules(
  modules: readonly WorkerModule[],
  surroundings: ProtocolSurroundings,
): readonly ServedProtocol[] {
  return modules.map(({ kind, type, path, batchSize = USUAL_BATCH_SIZE }) => {
    const at = { ...surroundings, path, batchSize };
    if (kind === "recognition") return recognition(at);
    return type === "Tts" ? twoPaths(at) : synthesis(at);
  });
}

/** Of the older synthesis module the path is that of POST; the WebSocket has its own. */
function twoPaths(at: MoshiPath): ServedProtocol {
  const served = synthesis({ ...at, path: `${at.path}_streaming` });
  return { ...served, httpRoutes: served.httpRoutes.map((route) => ({ ...route, path: at.path })) };
}

function synthesis({ engines, meters, path, batchSize }: MoshiPath): ServedProtocol {
  return ttsServer({ engines, meters, path, batchSize });
}

function recognition({ engines, meters, limits, path, batchSize }: MoshiPath): ServedProtocol {
  return sttServer({
    engines,
    meters,
    path,
    batchSize,
    createOggOpusDecoder: createOggOpusStreamDecoder,
    mostBufferedSamples: limits.mostQueuedAudioSeconds * CAPTURE_RATE_HZ,
  });
}

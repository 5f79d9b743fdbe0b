import { openAiRefusal } from "../refusals.ts";
import { jsonAnswer, type HttpRoute, type ServedProtocol } from "../route.ts";
import type { ServedEngines } from "../served-engines.ts";
import { NO_METERS, type SessionMeters } from "../session-meters.ts";
import { ApiError, orApiError } from "./api-error.ts";
import { speechRoute } from "./speech-route.ts";
import { transcriptionRoute } from "./transcription-route.ts";

/** Names that clients ask for; all of them are the engines of this machine. */
const MODELS = ["tts-1", "tts-1-hd", "gpt-4o-mini-tts", "whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe"];

/** See {@link openAiServer}. */
export interface OpenAiServerOptions {
  readonly engines: Pick<ServedEngines, "voices" | "speak" | "transcribe">;
  readonly meters?: SessionMeters;
  /** Largest audio file, 25 MiB unless told. */
  readonly mostFileBytes?: number;
}

/**
 * The audio part of OpenAI's interface: speech, transcriptions, models, and the list of voices that others have beside it. Any model name is
 * taken, because there is one engine for each task; a voice that is not one of ours is the default voice, so that clients whose settings say
 * `alloy` or `af_sky` work unchanged. A request that is wrong gets an error in OpenAI's shape.
 */
export function openAiServer(options: OpenAiServerOptions): ServedProtocol {
  const { engines, meters = NO_METERS } = options;
  const { mostFileBytes = 25 * 1024 * 1024 } = options;
  const createdAtSeconds = Math.floor(Date.now() / 1000);
  const model = (id: string) => ({ id, object: "model", created: createdAtSeconds, owned_by: "repartee" });
  const get = (path: string, answer: HttpRoute["answer"]): HttpRoute => ({
    method: "GET",
    path,
    access: "bearer",
    refuse: openAiRefusal,
    answer,
  });
  return {
    name: "openai",
    httpRoutes: [
      speechRoute(engines, meters),
      transcriptionRoute({ engines, meters, mostFileBytes }),
      get("/v1/models", () => jsonAnswer({ object: "list", data: MODELS.map(model) })),
      get(
        "/v1/models/*",
        orApiError(async ({ segment }) => {
          if (MODELS.includes(segment)) return jsonAnswer(model(segment));
          throw new ApiError("There is no such model.", { status: 404, param: "model", code: "model_not_found" });
        }),
      ),
      get("/v1/audio/voices", () => jsonAnswer({ voices: engines.voices })),
    ],
    socketRoutes: [],
  };
}

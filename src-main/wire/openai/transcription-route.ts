import type { Failure } from "../../../src-shared/failure.ts";
import { openAiRefusal } from "../refusals.ts";
import type { HttpRoute } from "../route.ts";
import type { ServedEngines } from "../served-engines.ts";
import type { SessionMeters } from "../session-meters.ts";
import { ApiError, engineRefusal, orApiError } from "./api-error.ts";
import { readMultipartForm } from "./multipart-form.ts";
import { transcriptAnswer } from "./transcript-answer.ts";
import { readTranscriptionOrder, type TranscriptionOrder } from "./transcription-order.ts";

/** What the fields of a form may take beside its file. */
const FORM_BYTES = 128 * 1024;

/** See {@link transcriptionRoute}. */
export interface TranscriptionRouteOptions {
  readonly engines: Pick<ServedEngines, "transcribe">;
  readonly meters: SessionMeters;
  readonly mostFileBytes: number;
}

/** `POST /v1/audio/transcriptions`. */
export function transcriptionRoute({ engines, meters, mostFileBytes }: TranscriptionRouteOptions): HttpRoute {
  return {
    method: "POST",
    path: "/v1/audio/transcriptions",
    access: "bearer",
    refuse: openAiRefusal,
    isSession: true,
    mostBodyBytes: mostFileBytes + FORM_BYTES,
    answer: orApiError(async ({ headers, body, signal }) => {
      const order = readTranscriptionOrder(await readMultipartForm(headers["content-type"], body, mostFileBytes));
      const meter = meters.open("recognition", "openai");
      try {
        const transcript = await engines.transcribe(order.file, { words: wantsWords(order) }, signal);
        if (!transcript.ok) throw problemOf(transcript.failure);
        return transcriptAnswer(transcript.value, order);
      } finally {
        meter.close();
      }
    }),
  };
}

function problemOf(failure: Failure): Error {
  const wrong = (message: string): ApiError => new ApiError(message, { param: "file", code: "invalid_value" });
  if (failure.code === "input-empty") return wrong("The file holds no audio.");
  if (failure.code === "input-unreadable")
    return wrong("The file is not audio in a format that is known here, is damaged, or is too long.");
  return engineRefusal(failure);
}

function wantsWords({ format, granularities }: TranscriptionOrder): boolean {
  return format === "srt" || format === "vtt" || (format === "verbose_json" && granularities.has("word"));
}

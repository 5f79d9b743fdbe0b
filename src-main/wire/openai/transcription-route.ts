import { RECOGNITION_RATE_HZ } from "../../../src-shared/audio-format.ts";
import type { Outcome } from "../../../src-shared/failure.ts";
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

/** Reads an audio file, whatever its format: mono at RECOGNITION_RATE_HZ in [-1, 1]. Codes: input-unreadable, input-empty. */
export type DecodeAudio = (file: Uint8Array) => Promise<Outcome<Float32Array>>;

/** See {@link transcriptionRoute}. */
export interface TranscriptionRouteOptions {
  readonly engines: Pick<ServedEngines, "transcribe">;
  readonly decodeAudio: DecodeAudio;
  readonly meters: SessionMeters;
  readonly mostFileBytes: number;
  readonly mostAudioMs: number;
}

/** `POST /v1/audio/transcriptions`. */
export function transcriptionRoute(options: TranscriptionRouteOptions): HttpRoute {
  const { engines, meters, mostFileBytes } = options;
  return {
    method: "POST",
    path: "/v1/audio/transcriptions",
    access: "bearer",
    refuse: openAiRefusal,
    isSession: true,
    mostBodyBytes: mostFileBytes + FORM_BYTES,
    answer: orApiError(async ({ headers, body, signal }) => {
      const order = readTranscriptionOrder(await readMultipartForm(headers["content-type"], body, mostFileBytes));
      const pcm = await decode(order, options);
      const meter = meters.open("recognition", "openai");
      try {
        const transcript = await engines.transcribe(pcm, { words: wantsWords(order) }, signal);
        if (!transcript.ok) throw engineRefusal(transcript.failure);
        return transcriptAnswer(transcript.value, order);
      } finally {
        meter.close();
      }
    }),
  };
}

async function decode(
  { file }: TranscriptionOrder,
  { decodeAudio, mostAudioMs }: TranscriptionRouteOptions,
): Promise<Float32Array> {
  const wrong = (message: string): ApiError => new ApiError(message, { param: "file", code: "invalid_value" });
  const decoded = await decodeAudio(file);
  if (!decoded.ok) throw wrong("The file is not audio in a format that is known here, is damaged, or is too long.");
  const durationMs = (decoded.value.length * 1000) / RECOGNITION_RATE_HZ;
  if (decoded.value.length === 0) throw wrong("The file holds no audio.");
  if (durationMs > mostAudioMs) throw wrong(`The audio is longer than ${mostAudioMs / 1000} seconds.`);
  return decoded.value;
}

function wantsWords({ format, granularities }: TranscriptionOrder): boolean {
  return format === "srt" || format === "vtt" || (format === "verbose_json" && granularities.has("word"));
}

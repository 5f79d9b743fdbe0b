import { z } from "zod";
import { ApiError } from "./api-error.ts";
import type { MultipartForm } from "./multipart-form.ts";

/** Shapes of an answer by the names of OpenAI's interface. */
export const TRANSCRIPT_FORMATS = ["json", "text", "verbose_json", "srt", "vtt"] as const;

/** See {@link TRANSCRIPT_FORMATS}. */
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

/** What somebody wants written down, and how. */
export interface TranscriptionOrder {
  readonly file: Uint8Array;
  readonly format: TranscriptFormat;
  /** What `verbose_json` has beside the text. */
  readonly granularities: ReadonlySet<"segment" | "word">;
  /** The text in server-sent events. */
  readonly asEvents: boolean;
}

const ENGLISH = /^(?:auto|en(?:[-_][a-z]{2})?|english)$/i;
const GRANULARITIES = "timestamp_granularities";
const flagSchema = z.enum(["true", "false", "1", "0", "True", "False"], "must be true or false");
const fieldsSchema = z.object({
  model: z.string("must be a string").min(1, "must not be empty"),
  response_format: z.enum(TRANSCRIPT_FORMATS, `must be one of ${TRANSCRIPT_FORMATS.join(", ")}`).default("json"),
  language: z.string().regex(ENGLISH, "only English is recognized here").optional(),
  stream: flagSchema.default("false").transform((flag) => /true|1/i.test(flag)),
  temperature: z.coerce.number("must be a number").min(0, "must be 0 to 1").max(1, "must be 0 to 1").optional(),
  [GRANULARITIES]: z.array(z.enum(["segment", "word"], "must be segment or word")).default([]),
});

/**
 * Reads a transcription request. `temperature`, `prompt` and what else is known to OpenAI is checked or ignored: the engines have no use for
 * it. Throws an {@link ApiError}.
 */
export function readTranscriptionOrder({ fields, file }: MultipartForm): TranscriptionOrder {
  if (!file) throw new ApiError("file: is missing.", { param: "file", code: "missing_required_parameter" });
  if (file.length === 0) throw new ApiError("file: is empty.", { param: "file", code: "invalid_value" });
  const parsed = fieldsSchema.safeParse({
    ...Object.fromEntries([...fields].map(([name, values]) => [name, values.at(-1) || undefined])),
    [GRANULARITIES]: [...(fields.get(GRANULARITIES) ?? []), ...(fields.get(`${GRANULARITIES}[]`) ?? [])],
  });
  if (!parsed.success) throw problemOf(parsed.error);
  const { response_format: format, stream, [GRANULARITIES]: granularities } = parsed.data;
  if (granularities.length > 0 && format !== "verbose_json")
    throw new ApiError(`${GRANULARITIES}: needs the response_format verbose_json.`, { param: GRANULARITIES });
  if (stream && format !== "json" && format !== "text")
    throw new ApiError("stream: needs the response_format json or text.", { param: "stream" });
  return {
    file,
    format,
    granularities: new Set(granularities.length > 0 ? granularities : ["segment"]),
    asEvents: stream,
  };
}

function problemOf({ issues }: z.ZodError): ApiError {
  const param = String(issues[0]?.path[0]);
  return new ApiError(`${param}: ${issues[0]?.message}.`, { param, code: "invalid_value" });
}

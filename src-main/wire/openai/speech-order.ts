import { z } from "zod";
import { AUDIO_ENCODINGS, type AudioEncoding } from "../audio-encoding/audio-encoder.ts";
import { ApiError } from "./api-error.ts";

const MOST_CHARACTERS = 4_096;
const LEAST_SPEED = 0.25;
const MOST_SPEED = 4;

/** What somebody wants spoken. */
export interface SpeechOrder {
  readonly text: string;
  /** Any name. */
  readonly voice: string;
  readonly encoding: AudioEncoding;
  readonly rateRatio: number;
  /** Audio as base64 in server-sent events instead of bytes. */
  readonly asEvents: boolean;
}

const orderSchema = z.object({
  model: z.string("must be a string").min(1, "must not be empty"),
  input: z
    .string("must be a string")
    .refine((text) => text.trim() !== "", "must not be empty")
    .refine(
      (text) => (text.match(/./gsu)?.length ?? 0) <= MOST_CHARACTERS,
      `must have at most ${MOST_CHARACTERS} characters`,
    ),
  voice: z
    .union([z.string(), z.object({ id: z.string() }).transform(({ id }) => id)], "must be the name of a voice")
    .refine((name) => name !== "", "must not be empty"),
  response_format: z
    .string("must be a string")
    .refine((name) => name !== "aac", `aac cannot be made here: ask for one of ${AUDIO_ENCODINGS.join(", ")}`)
    .refine(
      (name): name is AudioEncoding => name === "aac" || AUDIO_ENCODINGS.some((encoding) => encoding === name),
      `must be one of ${AUDIO_ENCODINGS.join(", ")}`,
    )
    .nullish(),
  speed: z
    .number("must be a number")
    .refine((speed) => speed >= LEAST_SPEED && speed <= MOST_SPEED, `must be from ${LEAST_SPEED} to ${MOST_SPEED}`)
    .nullish(),
  stream_format: z.enum(["audio", "sse"], "must be audio or sse").nullish(),
});

/**
 * Reads the body of a speech request. What is not known is ignored, `instructions` too: the engines follow none. Throws an {@link ApiError}.
 */
export function readSpeechOrder(body: Uint8Array): SpeechOrder {
  const parsed = orderSchema.safeParse(parseJson(body));
  if (!parsed.success) throw problemOf(parsed.error);
  const { input, voice, response_format, speed, stream_format } = parsed.data;
  return {
    text: input,
    voice,
    encoding: response_format ?? "mp3",
    rateRatio: speed ?? 1,
    asEvents: stream_format === "sse",
  };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    throw new ApiError("The body of the request is not JSON.", { code: "invalid_json" });
  }
}

function problemOf({ issues }: z.ZodError): ApiError {
  const [issue] = issues;
  const param = issue?.path[0];
  if (typeof param !== "string") return new ApiError("The body of the request must be a JSON object.");
  return new ApiError(`${param}: ${issue?.message}.`, { param, code: "invalid_value" });
}

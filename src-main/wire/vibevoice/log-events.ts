import { z } from "zod";
import { parseJson } from "../../../src-shared/parse-json.ts";

/** What the server tells beside the audio: `docs/protocols.md`, VibeVoice. */
export type LogEvent =
  | {
      readonly event: "backend_request_received";
      readonly data: {
        readonly text_length: number;
        readonly cfg_scale: number;
        readonly inference_steps: number;
        readonly voice: string;
      };
    }
  | {
      readonly event: "model_progress";
      readonly data: { readonly generated_sec: number; readonly chunk_sec: number };
    }
  | { readonly event: "backend_first_chunk_sent"; readonly data: Readonly<Record<string, never>> }
  | {
      readonly event: "generation_error" | "backend_error" | "backend_busy";
      readonly data: { readonly message: string };
    }
  | { readonly event: "backend_stream_complete"; readonly data: Readonly<Record<string, never>> };

const LONGEST_NAME = 100;
const envelope = z.object({
  type: z.literal("log"),
  event: z.string().max(LONGEST_NAME),
  data: z.record(z.string(), z.unknown()).default({}),
});

/** The zone of the server's times: UTC+8, whatever the machine's. */
const ZONE_MS = 8 * 3_600_000;

/** A log event as a text message. `nowMs`: epoch ms. */
export function encodeLogEvent({ event, data }: LogEvent, nowMs: number): string {
  const timestamp = new Date(nowMs + ZONE_MS).toISOString().replace("T", " ").replace("Z", "");
  return JSON.stringify({ type: "log", event, data, timestamp });
}

/** A log event of any name, known or not; undefined when the text is none. */
export interface ReadLogEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads a text message; undefined when it is not a log event. */
export function decodeLogEvent(text: string): ReadLogEvent | undefined {
  const read = envelope.safeParse(parseJson(text));
  return read.success ? { event: read.data.event, data: read.data.data } : undefined;
}

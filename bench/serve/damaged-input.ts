import { ApiError } from "../../src-main/wire/openai/api-error.ts";
import { readSpeechOrder } from "../../src-main/wire/openai/speech-order.ts";
import { decodeLogEvent, encodeLogEvent } from "../../src-main/wire/vibevoice/log-events.ts";
import { fuzzCodec } from "../../test/wire/fuzz-codec.ts";
import { fuzzForms } from "../../test/wire/openai/fuzz-forms.ts";
import { atMost, type BenchResult, type Verdict } from "../bench-result.ts";

const MESSAGES = 1_000_000;
/** Reading gives up a form that is none after 2 s. */
const LONGEST_MS = 3_000;
const MOST_GROWTH_BYTES = 32 * 1024 * 1024;
const LOG_EVENTS = [
  encodeLogEvent({ event: "backend_busy", data: { message: "Please wait." } }, 0),
  encodeLogEvent({ event: "model_progress", data: { generated_sec: 1 / 3, chunk_sec: 0.1 } }, 1),
];
const ORDERS = [
  JSON.stringify({ model: "tts-1", input: "Hello.", voice: "slt", response_format: "pcm", speed: 1.5 }),
  JSON.stringify({ model: "tts-1", input: "Grüße", voice: { id: "kal" }, stream_format: "sse" }),
];

/** A million damaged messages for each reader that a library does the most of: read or refused, nothing held up, nothing kept. */
export async function benchDamagedInput(): Promise<BenchResult> {
  const growth = (what: string, bytes: number): Verdict =>
    atMost(`a million damaged ${what}: growth of memory, bytes`, bytes, MOST_GROWTH_BYTES);
  const events = fuzzCodec(LOG_EVENTS.map(bytesOf), (bytes) => decodeLogEvent(textOf(bytes)) !== undefined, MESSAGES);
  const orders = fuzzCodec(ORDERS.map(bytesOf), isOrder, MESSAGES);
  await fuzzForms(MESSAGES / 10);
  const before = process.memoryUsage.rss();
  const forms = await fuzzForms(MESSAGES);
  const formGrowthBytes = process.memoryUsage.rss() - before;
  const part = "damaged input, a million each";
  return {
    rows: [
      { part, what: "log events of VibeVoice", read: events.accepted, refused: events.rejected },
      { part, what: "orders for speech", read: orders.accepted, refused: orders.rejected },
      { part, what: "forms", read: forms.read, refused: forms.refused, "longest, ms": forms.longestMs },
    ],
    verdicts: [
      growth("log events", events.heapGrowthBytes),
      growth("orders", orders.heapGrowthBytes),
      growth("forms", formGrowthBytes),
      atMost("a million damaged forms: longest, ms", forms.longestMs, LONGEST_MS),
    ],
  };
}

function isOrder(bytes: Uint8Array): boolean {
  try {
    return readSpeechOrder(bytes).text.trim() !== "";
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

import { z } from "zod";
import { RECOGNITION_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { failed, succeeded, type Failure, type Outcome } from "../../../src-shared/failure.ts";
import { wavHeader } from "../../files/wav-header.ts";
import { nowMs } from "../../session-clock.ts";
import type { Transcriber } from "../../turn/ports.ts";
import { toS16le } from "../audio-encoding/pcm-encoder.ts";
import { encodeForm } from "./encode-form.ts";
import { EndpointOrder, providerOf, type Endpoint } from "./endpoint.ts";
import { openAnswer, type OpenAnswer } from "./open-answer.ts";
import { allFailed, tryEndpoint } from "./try-endpoint.ts";
import { parseJson } from "../../../src-shared/parse-json.ts";

const TIMEOUT_MS = 60_000;
const MOST_RETRIES = 2;
const MOST_ANSWER_BYTES = 1024 * 1024;
const answerSchema = z.object({ text: z.string() });

/** See {@link createOpenAiTranscriber}. */
export interface OpenAiTranscriberOptions {
  /** In the order in which they are asked. Each is tried three times unless it tells. */
  readonly endpoints: readonly Endpoint[];
  /** What is spoken, like `en`; unless told, servers of this machine are told `auto` and others nothing. */
  readonly language?: string;
  /** Words that are likely. */
  readonly prompt?: string;
  /** Longest wait for one answer, 60 s unless told. */
  readonly timeoutMs?: number;
  /** Told each time an endpoint could not do it. */
  readonly onFailure?: (failure: Failure) => void;
}

/**
 * Recognizes speech with servers that have OpenAI's interface: `POST {base}/audio/transcriptions` with a WAV file of 16 kHz. The next endpoint
 * is asked when one fails or hears no words; one that failed is asked last for the next 30 s. Tokens are not known. Codes: source-unreachable,
 * source-refused, source-timeout, source-lost, protocol-error, with what each endpoint did in the detail.
 */
export function createOpenAiTranscriber(options: OpenAiTranscriberOptions): Transcriber {
  const order = new EndpointOrder(options.endpoints);
  const closing = new AbortController();
  return {
    async transcribe({ pcm }, wanted) {
      const startedAtMs = nowMs();
      const signal = AbortSignal.any([wanted, closing.signal]);
      const header = wavHeader({ sampleRateHz: RECOGNITION_RATE_HZ, channels: 1 }, pcm.length * 2);
      const wav = Buffer.concat([header, toS16le(pcm)]);
      const failures: Failure[] = [];
      let heard: string | undefined;
      for (const endpoint of order.inOrder()) {
        const ask = (signal: AbortSignal) => askOnce(endpoint, wav, options, signal);
        const text = await tryEndpoint(ask, endpoint.mostRetries ?? MOST_RETRIES, signal);
        if (text.ok) {
          order.worked(endpoint);
          heard = text.value;
          if (heard !== "") break;
          continue;
        }
        order.failed(endpoint);
        options.onFailure?.(text.failure);
        failures.push(text.failure);
      }
      if (heard === undefined) return { ok: false, failure: allFailed(failures) };
      return succeeded({ text: heard, tokens: [], tokenLogProbabilities: [], elapsedMs: nowMs() - startedAtMs });
    },
    close: async () => closing.abort(),
  };
}

async function askOnce(
  endpoint: Endpoint,
  wav: Uint8Array,
  { language, prompt, timeoutMs = TIMEOUT_MS }: OpenAiTranscriberOptions,
  signal: AbortSignal,
): Promise<Outcome<string>> {
  const untilMs = performance.now() + timeoutMs;
  const spoken = language ?? (providerOf(endpoint) === "local" ? "auto" : undefined);
  const fields = { model: endpoint.model, response_format: "json", language: spoken, prompt };
  const { contentType, bytes: body } = encodeForm(fields, { name: "speech.wav", type: "audio/wav", bytes: wav });
  const question = { path: "/audio/transcriptions", contentType, body, stage: "transcribe" } as const;
  const opened = await openAnswer(endpoint, question, timeoutMs, signal);
  if (!opened.ok) return opened;
  try {
    return await readText(opened.value, untilMs);
  } finally {
    opened.value.close();
  }
}

async function readText(answer: OpenAnswer, untilMs: number): Promise<Outcome<string>> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const piece = await answer.next(Math.max(1, untilMs - performance.now()));
    if (!piece.ok) return piece;
    if (!piece.value) break;
    bytes += piece.value.length;
    if (bytes > MOST_ANSWER_BYTES)
      return failed("protocol-error", "transcribe", `${answer.host} sends more than a transcript`);
    pieces.push(piece.value);
  }
  const parsed = answerSchema.safeParse(parseJson(Buffer.concat(pieces).toString("utf8")));
  if (!parsed.success)
    return failed("protocol-error", "transcribe", `${answer.host} sent something else than a transcript`);
  return succeeded(parsed.data.text.trim());
}

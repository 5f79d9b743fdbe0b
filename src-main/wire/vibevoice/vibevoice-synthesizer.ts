import { msToSamples, PLAYBACK_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { failure, type Failure } from "../../../src-shared/failure.ts";
import { nowMs } from "../../session-clock.ts";
import type { SpeechRequest, Synthesizer } from "../../turn/ports.ts";
import { distantSynthesizer } from "../distant-synthesizer.ts";
import { longestSpeechMs } from "../longest-speech-ms.ts";
import type { RingSpeech } from "../ring-speech.ts";
import { connectWebSocket, type WebSocketConnection } from "../web-socket-connection.ts";
import { decodeLogEvent, type ReadLogEvent } from "./log-events.ts";
import { Pcm16Reader } from "./pcm-16.ts";

/** Instants of one sentence on the server, as they became known here: session clock, ms. */
export type VibevoiceMark = "request-received" | "first-chunk-sent" | "complete";

/** See {@link createVibevoiceSynthesizer}. */
export interface VibevoiceSynthesizerOptions {
  /** Of the server, like `ws://host:3000`; a query in it, like a key, is kept. */
  readonly baseUrl: string;
  /** Voice preset; the server's default where it does not know it. Empty for the assistant's own voice name. */
  readonly voice?: string;
  readonly connectTimeoutMs?: number;
  /** Longest wait for the next sound. 30 s unless told. */
  readonly silenceMs?: number;
  readonly onMark?: (mark: VibevoiceMark, atMs: number) => void;
}

/** More than what servers tell beside the longest speech. */
const MOST_SILENT_BYTES = 1024 * 1024;
const MARKS: Readonly<Record<string, VibevoiceMark>> = {
  backend_request_received: "request-received",
  backend_first_chunk_sent: "first-chunk-sent",
  backend_stream_complete: "complete",
};

/**
 * Speaks through a VibeVoice demo server, one connection for each sentence. Its speed is the model's own: `rateRatio` has no effect. Words
 * get their times by their lengths, because the server tells none. Codes: source-unreachable, source-refused (busy included),
 * source-timeout, source-lost, protocol-error, speak-failed.
 */
export function createVibevoiceSynthesizer(options: VibevoiceSynthesizerOptions): Synthesizer {
  return distantSynthesizer(async (request, speech, signal) => {
    const problem = await receive(request, speech, options, signal);
    if (!problem) speech.spreadWords(request.text);
    return problem;
  });
}

async function receive(
  request: SpeechRequest,
  speech: RingSpeech,
  options: VibevoiceSynthesizerOptions,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { silenceMs = 30_000, connectTimeoutMs } = options;
  const url = streamUrl(request, options);
  if (!url) return failure("source-unreachable", "speak", "the address of the VibeVoice server is not valid");
  const connected = await connectWebSocket({ url, silenceMs, ...(connectTimeoutMs && { connectTimeoutMs }) }, signal);
  if (!connected.ok) return connected.failure;
  const connection = connected.value;
  try {
    return await receiveSpeech(connection, request.text, speech, { ...options, silenceMs }, signal);
  } finally {
    void connection.close();
  }
}

async function receiveSpeech(
  connection: WebSocketConnection,
  text: string,
  speech: RingSpeech,
  { silenceMs, onMark }: VibevoiceSynthesizerOptions & { readonly silenceMs: number },
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const reader = new Pcm16Reader();
  let [soundAtMs, silentBytes] = [performance.now(), 0];
  const mostSamples = msToSamples(longestSpeechMs(text), PLAYBACK_RATE_HZ);
  for (;;) {
    const message = await connection.receive(silenceMs, signal);
    if (!message.ok) return message.failure;
    if (message.value === undefined)
      return failure("source-lost", "speak", "the VibeVoice server closed before the speech was complete", true);
    if (typeof message.value !== "string" && message.value.length > 0) {
      if (speech.samples > mostSamples) return connection.abandon("sends more speech than the text can have");
      if (!(await speech.write(reader.read(message.value)))) return undefined;
      soundAtMs = performance.now();
      continue;
    }
    silentBytes += message.value.length;
    if (silentBytes > MOST_SILENT_BYTES) return connection.abandon("sends much that is not speech");
    if (performance.now() - soundAtMs > silenceMs)
      return failure("source-timeout", "speak", "the VibeVoice server tells much and does not speak", true);
    if (typeof message.value !== "string") continue;
    const log = decodeLogEvent(message.value);
    if (!log) return connection.abandon("sent a text that is not a log event");
    const mark = MARKS[log.event];
    if (mark) onMark?.(mark, nowMs());
    const problem = problemOf(log);
    if (problem) return problem;
    if (mark === "complete") return reader.isInsideSample ? connection.abandon("ended inside a sample") : undefined;
  }
}

/** The server's own words about an error may hold the text to be spoken, so they are not passed on. */
function problemOf({ event }: ReadLogEvent): Failure | undefined {
  if (event === "backend_busy")
    return failure("source-refused", "speak", "the VibeVoice server is busy with another request", true);
  if (event === "generation_error" || event === "backend_error")
    return failure("speak-failed", "speak", "the VibeVoice server could not speak the sentence", true);
  return undefined;
}

function streamUrl({ text, voice }: SpeechRequest, options: VibevoiceSynthesizerOptions): string | undefined {
  const url = URL.parse(options.baseUrl);
  if (!url) return undefined;
  url.pathname = `${url.pathname.replace(/\/$/, "")}/stream`;
  url.searchParams.set("text", text);
  url.searchParams.set("voice", options.voice || voice);
  return url.href;
}

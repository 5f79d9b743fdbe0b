import { failed, failure, succeeded, type Failure, type Outcome } from "../../../src-shared/failure.ts";
import { PLAYBACK_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import type { Synthesizer } from "../../turn/ports.ts";
import { distantSynthesizer } from "../distant-synthesizer.ts";
import { retryWithBackoff } from "../retry-with-backoff.ts";
import type { RingSpeech } from "../ring-speech.ts";
import { connectWebSocket, type WebSocketConnection } from "../web-socket-connection.ts";
import { cleanTtsText } from "./clean-text.ts";
import { splitTtsWords } from "./split-tts-words.ts";
import { decodeTtsServerMessage, encodeTtsClientMessage } from "./tts-messages.ts";

/** See {@link createMoshiSynthesizer}. */
export interface MoshiSynthesizerOptions {
  /** Of the server, like `ws://host:8089`, or of the path itself. */
  readonly url: string;
  /** Sent as `kyutai-api-key`; none when empty. */
  readonly apiKey?: string;
  /** Voice on the server; its default when empty. */
  readonly voice?: string;
  /** Longest wait for the connection and for `Ready`, each. 5 s unless told. */
  readonly connectTimeoutMs?: number;
  /** Longest wait for the next message. 10 s unless told. */
  readonly silenceMs?: number;
  /** Attempts to connect; 3 unless told. */
  readonly mostAttempts?: number;
}

const PATH = "/api/tts_streaming";
/** Messages that may come before `Ready`. */
const MOST_STRAY_MESSAGES = 10;
/** Longest speech for one sentence: a server that goes on and on is stopped. */
const LONGEST_SAMPLES = 10 * 60 * PLAYBACK_RATE_HZ;
const EOS = encodeTtsClientMessage({ type: "Eos" });

/**
 * Speaks through a moshi-server, a sentence at a time, word by word, and plays while it receives. The words' times are the server's. Its speed is
 * the model's own: `rateRatio` has no effect. A channel that was lost before any sound is asked for again; after that what was heard stays heard,
 * and the failure says so. Codes: source-unreachable, source-refused (a wrong key, no free channel), source-timeout, source-lost, protocol-error.
 */
export function createMoshiSynthesizer(options: MoshiSynthesizerOptions): Synthesizer {
  const { mostAttempts = 3 } = options;
  return distantSynthesizer(async (request, speech, signal) => {
    const text = cleanTtsText(request.text);
    if (splitTtsWords(text).length === 0) return undefined;
    const speakOnce = async (): Promise<Outcome<null>> => {
      const connected = await open(options, signal);
      if (!connected.ok) return connected;
      const problem = await converse(connected.value, text, speech, options, signal);
      void connected.value.close();
      if (!problem) return succeeded(null);
      return { ok: false, failure: { ...problem, retryable: problem.retryable && speech.samples === 0 } };
    };
    const spoken = await retryWithBackoff(speakOnce, signal, { mostAttempts });
    return spoken.ok ? undefined : spoken.failure;
  });
}

/** A connection with a channel. */
async function open(options: MoshiSynthesizerOptions, signal: AbortSignal): Promise<Outcome<WebSocketConnection>> {
  const { apiKey = "", connectTimeoutMs = 5_000, silenceMs = 10_000 } = options;
  const url = URL.parse(options.url);
  if (!url) return failed("source-unreachable", "speak", "the address of the speech server is not valid");
  if (url.pathname === "/") url.pathname = PATH;
  url.searchParams.set("format", "PcmMessagePack");
  if (options.voice) url.searchParams.set("voice", options.voice);
  const headers: Record<string, string> = apiKey === "" ? {} : { "kyutai-api-key": apiKey };
  const connected = await connectWebSocket(
    { url: url.href, headers, connectTimeoutMs, silenceMs: 2 * silenceMs },
    signal,
  );
  if (!connected.ok) return connected;
  const connection = connected.value;
  for (let strays = 0; strays < MOST_STRAY_MESSAGES; strays++) {
    const message = await connection.receive(connectTimeoutMs, signal);
    if (!message.ok) return giveUp(connection, message.failure);
    if (message.value === undefined)
      return failed("source-lost", "speak", "the speech server closed before it was ready", true);
    const decoded = typeof message.value === "string" ? undefined : decodeTtsServerMessage(message.value);
    if (!decoded?.ok) return { ok: false, failure: connection.abandon("sent what is no message") };
    if (decoded.value.type === "Ready") return succeeded(connection);
    if (decoded.value.type === "Error")
      return giveUp(connection, failure("source-refused", "speak", "the speech server has no free channel", true));
  }
  return { ok: false, failure: connection.abandon("does not say that it is ready") };
}

/** Sends the words and plays what comes until the server closes, which is how it ends. */
async function converse(
  connection: WebSocketConnection,
  text: string,
  speech: RingSpeech,
  { silenceMs = 10_000 }: MoshiSynthesizerOptions,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  connection.send(text);
  connection.send(EOS);
  const account = { wordsToCome: splitTtsWords(text).filter(({ breakMs }) => breakMs === 0).length, endMs: 0 };
  for (;;) {
    const message = await connection.receive(silenceMs, signal);
    if (!message.ok) {
      // Some servers end without a goodbye. It was the end where every word was announced and heard.
      const isWhole = account.wordsToCome <= 0 && samplesToMs(speech.samples, PLAYBACK_RATE_HZ) >= account.endMs;
      return message.failure.code === "source-lost" && isWhole ? undefined : message.failure;
    }
    if (message.value === undefined) {
      if (speech.samples > 0) return undefined;
      return failure("source-lost", "speak", "the speech server closed without any speech", true);
    }
    const decoded = typeof message.value === "string" ? undefined : decodeTtsServerMessage(message.value);
    if (!decoded?.ok) return connection.abandon("sent what is no message");
    const said = decoded.value;
    if (said.type === "Audio") {
      if (speech.samples > LONGEST_SAMPLES) return connection.abandon("sends more speech than the text can have");
      if (!(await speech.write(said.pcm.map(cleanSample)))) return undefined;
    } else if (said.type === "Text" && said.text !== "" && !said.text.startsWith("<break")) {
      speech.placeWord(said.text, said.stopMs);
      account.wordsToCome -= 1;
      account.endMs = said.stopMs;
    } else if (said.type === "Error") {
      return failure("source-lost", "speak", "the speech server ended with an error", true);
    }
  }
}

function giveUp(connection: WebSocketConnection, problem: Failure): Outcome<never> {
  void connection.close();
  return { ok: false, failure: problem };
}

function cleanSample(sample: number): number {
  return Number.isFinite(sample) ? Math.max(-1, Math.min(1, sample)) : 0;
}

import { failed, succeeded, type Outcome } from "../../../src-shared/failure.ts";
import { addressOf, keyHeaders, type MoshiServerAddress } from "../moshi-server-address.ts";
import { connectWebSocket, type WebSocketConnection } from "../web-socket-connection.ts";
import { decodeTtsServerMessage } from "./tts-messages.ts";

/** Which channel to open, and how. */
export interface TtsChannelOptions extends MoshiServerAddress {
  /** Voice on the server; its default when empty. */
  readonly voice?: string;
  /** Longest wait for the next sound while there is something to say. 10 s unless told. */
  readonly silenceMs?: number;
}

const PATH = "/api/tts_streaming";
/** Messages that may come before `Ready`. */
const MOST_STRAY_MESSAGES = 10;

/**
 * A connection to a moshi speech server that has a channel for it. Codes: source-unreachable, source-refused (a wrong key, no free channel),
 * source-timeout, source-lost, protocol-error. Throws the signal's reason when aborted.
 */
export async function openTtsChannel(
  options: TtsChannelOptions,
  signal: AbortSignal,
): Promise<Outcome<WebSocketConnection>> {
  const { connectTimeoutMs = 5_000, silenceMs = 10_000 } = options;
  const url = addressOf(options.url, PATH);
  if (!url) return failed("source-unreachable", "speak", "the address of the speech server is not valid");
  url.searchParams.set("format", "PcmMessagePack");
  if (options.voice) url.searchParams.set("voice", options.voice);
  const headers = keyHeaders(options);
  const connected = await connectWebSocket(
    { url: url.href, headers, connectTimeoutMs, silenceMs: 2 * silenceMs },
    signal,
  );
  if (!connected.ok) return connected;
  const connection = connected.value;
  let ready: Outcome<null> | undefined;
  try {
    ready = await becomeReady(connection, connectTimeoutMs, signal);
    return ready.ok ? connected : ready;
  } finally {
    if (!ready?.ok) void connection.close();
  }
}

async function becomeReady(
  connection: WebSocketConnection,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Outcome<null>> {
  for (let strays = 0; strays < MOST_STRAY_MESSAGES; strays++) {
    const message = await connection.receive(timeoutMs, signal);
    if (!message.ok) return message;
    if (message.value === undefined)
      return failed("source-lost", "speak", "the speech server closed before it was ready", true);
    const decoded = typeof message.value === "string" ? undefined : decodeTtsServerMessage(message.value);
    if (!decoded?.ok) return { ok: false, failure: connection.abandon("sent what is no message") };
    if (decoded.value.type === "Ready") return succeeded(null);
    if (decoded.value.type === "Error")
      return failed("source-refused", "speak", "the speech server has no free channel", true);
  }
  return { ok: false, failure: connection.abandon("does not say that it is ready") };
}

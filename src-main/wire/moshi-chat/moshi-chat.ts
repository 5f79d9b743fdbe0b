import { PLAYBACK_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import { failure, type Failure } from "../../../src-shared/failure.ts";
import type { ConversationEngine, ConversationOutput, ConversationState } from "../conversation-engine.ts";
import { OggOpusEncoder } from "../ogg-opus/ogg-opus-encoder.ts";
import { OggOpusInput, type OggOpusDecoder } from "../ogg-opus/ogg-opus-input.ts";
import { addressOf } from "../moshi-server-address.ts";
import { retryWithBackoff } from "../retry-with-backoff.ts";
import { connectWebSocket, type WebSocketConnection } from "../web-socket-connection.ts";
import { decodeChatMessage, encodeChatMessage } from "./chat-messages.ts";

/** See {@link MoshiChat}. */
export interface MoshiChatOptions {
  /** Of the server, like `ws://host:8998`, or of the path itself; a query in it is kept. */
  readonly url: string;
  /** PersonaPlex: name of the voice, like `NATF0.pt`. Empty for Moshi, which has one voice. */
  readonly voicePrompt?: string;
  /** PersonaPlex: who the assistant is. A prompt of our own where it is empty, because the server fails without one. */
  readonly textPrompt?: string;
  readonly createOggOpusDecoder: () => Promise<OggOpusDecoder>;
  readonly output: ConversationOutput;
  readonly onState?: (state: ConversationState) => void;
  /** 5 s unless told. */
  readonly connectTimeoutMs?: number;
  /** Longest wait for the handshake: another client may be talking, and prompts take time. 60 s unless told. */
  readonly handshakeTimeoutMs?: number;
  /** The server answers every frame: nothing for so long, to something, is a failure. 10 s unless told. */
  readonly silenceMs?: number;
  /** Wait before the first further attempt, doubled for each one. 500 ms unless told. */
  readonly firstDelayMs?: number;
}

const PATH = "/api/chat";
const MOST_ATTEMPTS = 4;
/** A conversation that lasted so long was fine: its end, at a cap of the server, begins the count of attempts anew. */
const FINE_MS = 60_000;
/** More text and the like between two sounds: the server floods. */
const MOST_SILENT_BYTES = 64 * 1024;
/** More audio than the time that passed, and this: the server floods. */
const MOST_AHEAD_MS = 10_000;
const USUAL_PROMPT = "You are a friendly assistant. Answer briefly and clearly.";

/**
 * A conversation with Moshi or PersonaPlex, in full duplex over one WebSocket, Opus both ways. Connects again when the connection is lost, at
 * most three times in a row. Codes: source-unreachable, source-refused, source-timeout, source-lost, protocol-error.
 */
export class MoshiChat implements ConversationEngine {
  readonly #options: MoshiChatOptions;
  readonly #closing = new AbortController();
  readonly #over: Promise<void>;
  #hearing: ((pcm: Float32Array) => void) | undefined;
  /** Since when the server has heard something without a word. */
  #unansweredSinceMs: number | undefined;

  constructor(options: MoshiChatOptions) {
    this.#options = options;
    this.#over = this.#run();
  }

  hear(pcm: Float32Array): void {
    this.#hearing?.(pcm);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#over;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { firstDelayMs = 500 } = this.#options;
    // Whoever made the conversation has it before it is told anything.
    await Promise.resolve();
    try {
      const outcome = await retryWithBackoff(
        async () => {
          this.#tell({ kind: "starting" });
          const problem = await this.#converse(signal);
          this.#tell({ kind: "interrupted", failure: problem });
          return { ok: false, failure: problem };
        },
        signal,
        { mostAttempts: MOST_ATTEMPTS, firstDelayMs, fineAfterMs: FINE_MS },
      );
      if (!outcome.ok) this.#tell({ kind: "failed", failure: outcome.failure });
    } catch (reason) {
      if (!signal.aborted) throw reason;
      this.#tell({ kind: "closed" });
    }
  }

  /** One connection, until it ends. Throws when the conversation was closed. */
  async #converse(signal: AbortSignal): Promise<Failure> {
    const { connectTimeoutMs = 5_000, silenceMs = 10_000 } = this.#options;
    const url = this.#address();
    if (!url) return failure("source-unreachable", "wire", "the address of the conversation server is not valid");
    const connected = await connectWebSocket({ url, connectTimeoutMs, silenceMs: 6 * silenceMs }, signal);
    if (!connected.ok) return connected.failure;
    const connection = connected.value;
    const [encoder, decoder] = await Promise.all([OggOpusEncoder.create(), this.#options.createOggOpusDecoder()]);
    const input = new OggOpusInput(decoder);
    try {
      const problem = await this.#awaitHandshake(connection, signal);
      if (problem) return problem;
      connection.send(encodeChatMessage({ kind: "audio", data: encoder.header }));
      this.#hearing = (pcm) => {
        const data = encoder.push(pcm);
        if (data.length === 0) return;
        connection.send(encodeChatMessage({ kind: "audio", data }));
        this.#unansweredSinceMs ??= performance.now();
      };
      this.#unansweredSinceMs = undefined;
      this.#tell({ kind: "ready" });
      return await this.#listen(connection, input, signal);
    } finally {
      this.#hearing = undefined;
      encoder.close();
      await input.close();
      const goodbye = connection.close();
      if (signal.aborted) await goodbye;
    }
  }

  async #awaitHandshake(connection: WebSocketConnection, signal: AbortSignal): Promise<Failure | undefined> {
    const untilMs = performance.now() + (this.#options.handshakeTimeoutMs ?? 60_000);
    for (let silentBytes = 0; silentBytes <= MOST_SILENT_BYTES;) {
      const received = await connection.receive(Math.max(0, untilMs - performance.now()), signal);
      if (!received.ok) return received.failure;
      if (received.value === undefined) return CLOSED;
      if (typeof received.value === "string") return connection.abandon("sent a text");
      const decoded = decodeChatMessage(received.value);
      if (!decoded.ok) return connection.abandon(decoded.failure.detail);
      if (decoded.value.kind === "handshake") return undefined;
      if (decoded.value.kind === "error") return REFUSED;
      silentBytes += received.value.length;
    }
    return connection.abandon("sends much before it is ready");
  }

  async #listen(connection: WebSocketConnection, input: OggOpusInput, signal: AbortSignal): Promise<Failure> {
    const { output, silenceMs = 10_000 } = this.#options;
    const startedAtMs = performance.now();
    let [samples, silentBytes] = [0, 0];
    for (;;) {
      const received = await connection.receive(silenceMs, signal);
      if (!received.ok) {
        if (connection.isOpen && !this.#isUnanswered(silenceMs)) continue;
        return received.failure;
      }
      if (received.value === undefined) return CLOSED;
      if (typeof received.value === "string") return connection.abandon("sent a text");
      const decoded = decodeChatMessage(received.value);
      if (!decoded.ok) return connection.abandon(decoded.failure.detail);
      const message = decoded.value;
      silentBytes += received.value.length;
      if (message.kind === "audio") {
        for await (const pcm of input.push(message.data)) {
          samples += pcm.length;
          const aheadMs = samplesToMs(samples, PLAYBACK_RATE_HZ) - (performance.now() - startedAtMs);
          if (aheadMs > MOST_AHEAD_MS) return connection.abandon("sends more speech than time passes");
          output.write(pcm);
          this.#unansweredSinceMs = undefined;
          silentBytes = 0;
        }
      } else if (message.kind === "text" || message.kind === "coloured-text") {
        output.text(message.text);
      } else if (message.kind === "error") {
        return failure("source-lost", "wire", "the conversation server ended with an error", true);
      }
      if (silentBytes > MOST_SILENT_BYTES) return connection.abandon("sends much without sound");
      if (this.#isUnanswered(silenceMs)) return SILENT;
    }
  }

  #isUnanswered(forMs: number): boolean {
    return performance.now() - (this.#unansweredSinceMs ?? Number.POSITIVE_INFINITY) >= forMs;
  }

  #address(): string | undefined {
    const { url, voicePrompt = "", textPrompt = "" } = this.#options;
    const address = addressOf(url, PATH);
    if (address && voicePrompt !== "") {
      address.searchParams.set("voice_prompt", voicePrompt);
      address.searchParams.set("text_prompt", textPrompt.trim() || USUAL_PROMPT);
    }
    return address?.href;
  }

  #tell(state: ConversationState): void {
    this.#options.onState?.(state);
  }
}

const CLOSED = failure("source-lost", "wire", "the conversation server closed the connection", true);
const SILENT = failure("source-timeout", "wire", "the conversation server does not answer what it hears", true);
const REFUSED = failure("source-refused", "wire", "the conversation server refused the conversation", true);

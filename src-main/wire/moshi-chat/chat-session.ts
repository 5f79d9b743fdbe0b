import type { Outcome } from "../../../src-shared/failure.ts";
import { OggOpusEncoder } from "../ogg-opus/ogg-opus-encoder.ts";
import { OggOpusInput, type OggOpusDecoder } from "../ogg-opus/ogg-opus-input.ts";
import { STEP_SAMPLES, type ServedConversation } from "../served-conversation.ts";
import type { ServerSocket } from "../server-socket.ts";
import type { ChannelMeter } from "../session-meters.ts";
import type { SocketMessage } from "../socket-message.ts";
import { decodeChatMessage, encodeChatMessage, type ChatMessage } from "./chat-messages.ts";

/** Opus that may wait to be heard, about 16 s of speech; beyond it the client is held up. */
const MOST_WAITING_BYTES = 64 * 1024;
const POLICY_VIOLATION = 1008;

/** What a session needs. */
export interface ChatSessionContext {
  readonly createOggOpusDecoder: () => Promise<OggOpusDecoder>;
  /** Whoever sends no sound for so long has to make room. */
  readonly longestSilenceMs: number;
}

/**
 * One client of the conversation server: a frame out for every frame in. Sound that comes before the conversation begins is not heard, but the
 * header of its stream counts.
 */
export class ChatSession {
  readonly #socket: ServerSocket;
  readonly #longestSilenceMs: number;
  readonly #input: OggOpusInput;
  readonly #encoder: OggOpusEncoder;
  readonly #frame = new Float32Array(STEP_SAMPLES);
  #filled = 0;
  #waitingBytes = 0;
  #isHeldUp = false;
  #work: Promise<void> = Promise.resolve();
  #conversation: ServedConversation | undefined;
  #meter: ChannelMeter | undefined;
  #silence: NodeJS.Timeout | undefined;

  private constructor(socket: ServerSocket, longestSilenceMs: number, input: OggOpusInput, encoder: OggOpusEncoder) {
    this.#socket = socket;
    this.#longestSilenceMs = longestSilenceMs;
    this.#input = input;
    this.#encoder = encoder;
  }

  /** Takes what the client sends from now on. */
  static async open(socket: ServerSocket, context: ChatSessionContext): Promise<ChatSession> {
    const [encoder, decoder] = await Promise.all([OggOpusEncoder.create(), context.createOggOpusDecoder()]);
    const session = new ChatSession(socket, context.longestSilenceMs, new OggOpusInput(decoder), encoder);
    socket.receive((message) => session.#take(message));
    return session;
  }

  /** Talks until the client has gone. What `begin` gives is closed in the end. */
  async converse(begin: () => Promise<Outcome<ServedConversation>>, meter: ChannelMeter): Promise<void> {
    try {
      const begun = await begin();
      if (!begun.ok) return this.end(begun.failure.detail, 1011);
      await this.#hold(begun.value, meter);
    } finally {
      meter.close();
    }
  }

  /** Tells why the session ends, and ends it. */
  end(reason: string, code: number): void {
    this.#send({ kind: "error", message: reason });
    void this.#socket.close(code);
  }

  /** Frees what the session holds, once the client has gone. */
  async close(): Promise<void> {
    await this.#socket.closed;
    await this.#work;
    this.#encoder.close();
    await this.#input.close();
  }

  async #hold(conversation: ServedConversation, meter: ChannelMeter): Promise<void> {
    const onSilence = (): void => this.end("no sound came for too long", POLICY_VIOLATION);
    this.#silence = setTimeout(onSilence, this.#longestSilenceMs);
    this.#send({ kind: "handshake" });
    this.#send({ kind: "audio", data: this.#encoder.header });
    this.#meter = meter;
    this.#conversation = conversation;
    await this.#socket.closed;
    await this.#work;
    clearTimeout(this.#silence);
    await conversation.close();
  }

  /** Text, other kinds and what is malformed mean nothing here: the conversation goes on. */
  #take(message: SocketMessage): void {
    const decoded = typeof message === "string" ? undefined : decodeChatMessage(message);
    if (!decoded?.ok || decoded.value.kind !== "audio") return;
    const { data } = decoded.value;
    this.#note(data.length);
    this.#work = this.#work.then(() => this.#hear(data)).catch((error: unknown) => void this.#socket.fail(error));
  }

  #note(bytes: number): void {
    this.#waitingBytes += bytes;
    const isTooMuch = this.#waitingBytes > (this.#isHeldUp ? MOST_WAITING_BYTES / 2 : MOST_WAITING_BYTES);
    if (isTooMuch === this.#isHeldUp) return;
    this.#isHeldUp = isTooMuch;
    if (isTooMuch) this.#socket.pause();
    else this.#socket.resume();
  }

  async #hear(data: Uint8Array): Promise<void> {
    for await (const pcm of this.#input.push(data)) {
      if (!this.#socket.isOpen) return;
      if (this.#conversation) await this.#answer(pcm, this.#conversation);
    }
    this.#note(-data.length);
  }

  async #answer(pcm: Float32Array, conversation: ServedConversation): Promise<void> {
    this.#silence?.refresh();
    for (let from = 0; from < pcm.length && this.#socket.isOpen;) {
      const count = Math.min(pcm.length - from, STEP_SAMPLES - this.#filled);
      this.#frame.set(pcm.subarray(from, from + count), this.#filled);
      from += count;
      this.#filled += count;
      if (this.#filled === STEP_SAMPLES) await this.#step(conversation);
    }
  }

  async #step(conversation: ServedConversation): Promise<void> {
    this.#filled = 0;
    const startedAtMs = performance.now();
    const { output, text } = await conversation.step(this.#frame);
    this.#meter?.step(performance.now() - startedAtMs);
    this.#send({ kind: "audio", data: this.#encoder.push(output) });
    for (const piece of text) this.#send({ kind: "text", text: piece });
    await this.#socket.drained();
  }

  #send(message: ChatMessage): void {
    this.#socket.send(encodeChatMessage(message));
  }
}

import { CAPTURE_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import { failed, failure, succeeded, type Failure, type Outcome } from "../../../src-shared/failure.ts";
import { addressOf, keyHeaders, type MoshiServerAddress } from "../moshi-server-address.ts";
import { retryWithBackoff } from "../retry-with-backoff.ts";
import { connectWebSocket, type WebSocketConnection } from "../web-socket-connection.ts";
import { decodeSttServerMessage, encodeSttClientMessage, type SttServerMessage } from "./stt-messages.ts";

/** Where a moshi speech recognition server is, and how patiently it is used. */
export interface SttServerAddress extends MoshiServerAddress {
  /** The model's delay in frames of 80 ms: 6 for the 1B model, 32 for the 2.6B one. 6 unless told. */
  readonly delayFrames?: number;
  /** Longest wait for the words of what was sent, beside the time that the audio lasts. 5 s unless told. */
  readonly answerTimeoutMs?: number;
  /** Attempts to connect; 3 unless told. */
  readonly mostAttempts?: number;
}

const PATH = "/api/asr-streaming";
const FRAME_SAMPLES = 1_920;
const FRAME_MS = 80;
/** Behind the model's delay, so that the last word is closed. */
const MORE_FRAMES = 2;
/** Silence between what is asked for and the marker: a word is told once something follows it. */
const CLOSING_FRAMES = 2;

/** A word with its start on the connection's timeline, in ms from the first sample that was sent. */
export interface HeardWord {
  readonly text: string;
  readonly startMs: number;
}

/** One stream to a moshi speech recognition server. Not used any more after a failure. */
export class SttConnection {
  /** Words so far, oldest first. */
  readonly words: HeardWord[] = [];
  readonly #connection: WebSocketConnection;
  readonly #delayFrames: number;
  readonly #answerTimeoutMs: number;
  readonly #onStep: (pauseProbabilities: Float32Array) => void;
  readonly #markers = new Map<bigint, () => void>();
  #sentSamples = 0;
  /** Everything up to here was answered. */
  #flushedMs = 0;
  #steps = 0;
  /** In all words so far. */
  #characters = 0;
  #nextMarker = 1n;
  #failure: Failure | undefined;
  #onFailure: () => void = () => undefined;

  private constructor(
    connection: WebSocketConnection,
    { delayFrames = 6, answerTimeoutMs = 5_000 }: SttServerAddress,
    onStep: (pauseProbabilities: Float32Array) => void,
  ) {
    this.#connection = connection;
    this.#delayFrames = delayFrames;
    this.#answerTimeoutMs = answerTimeoutMs;
    this.#onStep = onStep;
  }

  /**
   * Connects, with backoff between attempts, and waits for a free channel. Codes: source-unreachable, source-refused (a wrong key, no free
   * channel), source-timeout, source-lost, protocol-error. Throws the signal's reason when aborted.
   */
  static open(
    address: SttServerAddress,
    signal: AbortSignal,
    onStep: (pauseProbabilities: Float32Array) => void = () => undefined,
  ): Promise<Outcome<SttConnection>> {
    const { mostAttempts = 3 } = address;
    return retryWithBackoff(() => SttConnection.#openOnce(address, signal, onStep), signal, { mostAttempts });
  }

  static async #openOnce(
    address: SttServerAddress,
    signal: AbortSignal,
    onStep: (pauseProbabilities: Float32Array) => void,
  ): Promise<Outcome<SttConnection>> {
    const { url, connectTimeoutMs = 5_000 } = address;
    const target = { url: addressOf(url, PATH)?.href ?? url, headers: keyHeaders(address), connectTimeoutMs };
    const connected = await connectWebSocket(target, signal);
    if (!connected.ok) return connected;
    const connection = new SttConnection(connected.value, address, onStep);
    let isGreeted = false;
    try {
      const first = await connected.value.receive(connectTimeoutMs, signal);
      const outcome = first.ok ? connection.#greet(first.value) : first;
      isGreeted = outcome.ok;
      return outcome;
    } finally {
      void (isGreeted ? connection.#listen() : connection.close());
    }
  }

  /** End of what was sent, in ms. */
  get sentMs(): number {
    return samplesToMs(this.#sentSamples, CAPTURE_RATE_HZ);
  }

  /** End of what the server has heard, by its steps, in ms; 0 with servers that tell no steps. */
  get steppedMs(): number {
    return this.#steps * FRAME_MS;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Sends mono samples at CAPTURE_RATE_HZ. */
  async send(pcm: Float32Array): Promise<void> {
    for (let at = 0; at < pcm.length && !this.#failure; at += FRAME_SAMPLES) {
      const piece = pcm.subarray(at, at + FRAME_SAMPLES);
      this.#sentSamples += piece.length;
      if (!this.#connection.send(encodeSttClientMessage({ type: "Audio", pcm: piece }))) {
        await this.#connection.drained();
      }
    }
  }

  /**
   * Has the server tell all words of what was sent: silence faster than real time, then at its pace until the marker is back. Codes:
   * source-timeout, source-lost, protocol-error. Throws the signal's reason when aborted.
   */
  async flush(signal: AbortSignal): Promise<Outcome<null>> {
    const stopped = Promise.withResolvers<void>();
    this.#onFailure = stopped.resolve;
    if (this.#failure) stopped.resolve();
    const id = this.#nextMarker++;
    const timeoutMs = Math.ceil(this.#answerTimeoutMs + this.sentMs - this.#flushedMs);
    const echoed = Promise.withResolvers<void>();
    this.#markers.set(id, echoed.resolve);
    const silence = new Float32Array(FRAME_SAMPLES);
    for (let sent = 0; sent < CLOSING_FRAMES; sent++) await this.send(silence);
    this.#connection.send(encodeSttClientMessage({ type: "Marker", id }));
    for (let sent = 0; sent < this.#delayFrames + MORE_FRAMES; sent++) await this.send(silence);
    const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    stop.addEventListener("abort", () => stopped.resolve(), { once: true });
    if (stop.aborted) stopped.resolve();
    const pace = setInterval(() => void this.send(silence), FRAME_MS);
    try {
      await Promise.race([echoed.promise, stopped.promise]);
    } finally {
      clearInterval(pace);
    }
    if (!this.#markers.has(id)) {
      this.#flushedMs = this.sentMs;
      return succeeded(null);
    }
    signal.throwIfAborted();
    return { ok: false, failure: this.#fail(LATE) };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** The first message: a channel, or none. Servers with one client at a time begin without greeting. */
  #greet(message: Uint8Array | string | undefined): Outcome<SttConnection> {
    if (message === undefined)
      return failed("source-lost", "transcribe", "the recognition server closed at once", true);
    const decoded = typeof message === "string" ? undefined : decodeSttServerMessage(message);
    if (!decoded) return this.#give("sent a text");
    if (!decoded.ok) return this.#give(decoded.failure.detail);
    if (decoded.value.type === "Error")
      return failed("source-refused", "transcribe", "the recognition server has no free channel", true);
    this.#take(decoded.value);
    return succeeded(this);
  }

  #give(detail: string): Outcome<never> {
    return { ok: false, failure: this.#connection.abandon(detail) };
  }

  async #listen(): Promise<Failure> {
    for (;;) {
      const received = await this.#connection.receive(LONGEST_SILENCE_MS);
      if (!received.ok) return this.#fail(received.failure);
      if (received.value === undefined)
        return this.#fail(failure("source-lost", "transcribe", "the recognition server closed the connection", true));
      if (typeof received.value === "string") continue;
      const decoded = decodeSttServerMessage(received.value);
      if (!decoded.ok) return this.#fail(this.#connection.abandon(decoded.failure.detail));
      if (decoded.value.type === "Error")
        return this.#fail(failure("source-lost", "transcribe", "the recognition server ended with an error", true));
      this.#take(decoded.value);
      if (this.#characters > MOST_CHARACTERS_AHEAD + this.sentMs)
        return this.#fail(this.#connection.abandon("tells more words than the sound can have"));
    }
  }

  #take(message: SttServerMessage | { readonly type: "Unknown" }): void {
    if (message.type === "Step") {
      this.#steps += 1;
      this.#onStep(message.pauseProbabilities);
    } else if (message.type === "Word") {
      const text = message.text.trim();
      this.#characters += text.length;
      if (text !== "") this.words.push({ text, startMs: message.startMs });
      if (this.words.length > MOST_WORDS) this.words.shift();
    } else if (message.type === "Marker") {
      this.#markers.get(message.id)?.();
      this.#markers.delete(message.id);
    }
  }

  /** Gives up, and tells why: the first reason counts. */
  #fail(problem: Failure): Failure {
    this.#failure ??= problem;
    this.#onFailure();
    void this.#connection.close();
    return this.#failure;
  }
}

/** The connection itself notices silence sooner: pings go unanswered. */
const LONGEST_SILENCE_MS = 24 * 3_600_000;
const MOST_WORDS = 10_000;
/** Nobody says more characters in a ms of sound than one. */
const MOST_CHARACTERS_AHEAD = 10_000;
const LATE = failure("source-timeout", "transcribe", "the recognition server did not answer in time", true);

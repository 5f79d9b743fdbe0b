import { WebSocket, type RawData } from "ws";
import { failed, failure, succeeded, type Failure, type Outcome } from "../../src-shared/failure.ts";
import { connectionFailure } from "./connection-failure.ts";
import { toSocketMessage, type SocketMessage } from "./socket-message.ts";
import { SocketOutbox } from "./socket-outbox.ts";

/** Where and how to connect. */
export interface ConnectOptions {
  /** `ws://`, `wss://`, `http://` or `https://`. Its query never shows in a failure. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest wait until the connection is open, 5 s unless told. */
  readonly connectTimeoutMs?: number;
  /** Nothing at all from the server for so long, pings and pongs included: it is lost. It is pinged at half of that, also while held up. 30 s unless told. */
  readonly silenceMs?: number;
  /** A server that takes nothing of what waits for so long is lost. 10 s unless told. */
  readonly stallMs?: number;
  /** Largest message that is taken, 16 MiB unless told. */
  readonly mostMessageBytes?: number;
  /** Most that waits to be sent, 8 MiB unless told. */
  readonly mostQueuedBytes?: number;
  /** More than this waiting to be received holds the server up, 8 MiB unless told. */
  readonly mostWaitingBytes?: number;
}

/** How a connection ended: as the server or this side wished, or by a failure. */
export interface ConnectionEnd {
  /** As it was closed; 1005 without a code, 1006 when it broke off. */
  readonly code: number;
  /** source-timeout, source-lost or protocol-error, unless it was closed with 1000 or 1005, or from here. */
  readonly failure?: Failure;
}

const GOODBYE_MS = 1_000;
/** What keeping a message takes beside what is in it, at least: many empty ones are much as well. */
const BYTES_OF_MESSAGE = 256;
/** Closing without a code counts as a good end: many servers do not say more. */
const GOOD_CLOSES = [1000, 1005];
const BROKEN_OFF = 1006;

/** Codes of `ws` for what is not WebSocket, or more than was allowed. */
const BAD_FRAME = /^WS_ERR_/;

/**
 * Connects to a WebSocket. Codes: source-unreachable, source-refused (with the status in its detail), source-timeout. Throws the signal's
 * reason when aborted.
 */
export async function connectWebSocket(
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Outcome<WebSocketConnection>> {
  signal.throwIfAborted();
  const address = URL.parse(options.url);
  if (!address || !/^(ws|http)s?:$/.test(address.protocol))
    return failed("source-unreachable", "wire", "the address is not one of ws:// or wss://");
  const { host } = address;
  const { connectTimeoutMs = 5_000, mostMessageBytes = 16 * 1024 * 1024, headers = {} } = options;
  let socket: WebSocket;
  try {
    socket = new WebSocket(address, {
      headers,
      maxPayload: mostMessageBytes,
      perMessageDeflate: false,
      followRedirects: false,
    });
  } catch {
    return failed("source-unreachable", "wire", `${host} cannot be asked: the address or a header is malformed`);
  }
  const answer = Promise.withResolvers<Failure | "aborted" | undefined>();
  const abort = (): void => answer.resolve("aborted");
  const timer = setTimeout(() => {
    const detail = `${host} did not open a connection within ${connectTimeoutMs / 1000} s`;
    answer.resolve(failure("source-timeout", "wire", detail, true));
  }, connectTimeoutMs);
  signal.addEventListener("abort", abort, { once: true });
  socket.once("open", () => {
    socket.pause();
    answer.resolve(undefined);
  });
  socket.on("error", (error) => answer.resolve(handshakeFailure(error, host)));
  socket.once("unexpected-response", (_request, { statusCode = 0 }) => {
    const detail = `${host} answered with status ${statusCode} instead of opening a WebSocket`;
    answer.resolve(failure("source-refused", "wire", detail, statusCode === 429 || statusCode >= 500));
  });
  const problem = await answer.promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", abort);
  if (problem === undefined) return succeeded(new WebSocketConnection(socket, host, options));
  socket.terminate();
  signal.throwIfAborted();
  return { ok: false, failure: problem as Failure };
}

/**
 * The client's end of one WebSocket: messages are taken one by one, each wait has an end, and the server is held up while nobody takes
 * them. Nothing throws after the end.
 */
export class WebSocketConnection {
  /** Resolves once the connection is closed. Never rejects. */
  readonly closed: Promise<ConnectionEnd>;
  readonly #socket: WebSocket;
  readonly #host: string;
  readonly #outbox: SocketOutbox;
  readonly #mostWaitingBytes: number;
  readonly #watch: NodeJS.Timeout;
  #arrived: SocketMessage[] = [];
  /** Arrived before all those, the next one last: a queue of many that is shifted takes the square of their number. */
  #due: SocketMessage[] = [];
  #waitingBytes = 0;
  // Counted by the timer: time in which nothing could be read, because this thread was busy or the machine asleep, is no silence.
  #silentMs = 0;
  #failure: Failure | undefined;
  #isClosing = false;
  #end: ConnectionEnd | undefined;
  #wake: (() => void) | undefined;

  /** Use {@link connectWebSocket}. Takes an open socket that is paused. */
  constructor(socket: WebSocket, host: string, options: ConnectOptions) {
    this.#socket = socket;
    this.#host = host;
    const { silenceMs = 30_000, stallMs = 10_000, mostQueuedBytes = 8 * 1024 * 1024 } = options;
    this.#mostWaitingBytes = options.mostWaitingBytes ?? 8 * 1024 * 1024;
    const onGivenUp = (): void => this.#giveUp("source-timeout", "does not take what is sent to it");
    this.#outbox = new SocketOutbox(socket, { mostQueuedBytes, stallMs, onGivenUp });
    const closed = Promise.withResolvers<ConnectionEnd>();
    this.closed = closed.promise;
    for (const sign of ["ping", "pong"] as const) socket.on(sign, () => (this.#silentMs = 0));
    socket.on("message", (data, isBinary) => this.#hear(data, isBinary));
    socket.on("error", (error) => this.#noteError(error));
    socket.on("close", (code) => {
      clearInterval(this.#watch);
      this.#outbox.end();
      this.#end = this.#endOf(code);
      closed.resolve(this.#end);
      this.#wake?.();
    });
    const tickMs = Math.max(10, silenceMs / 8);
    this.#watch = setInterval(() => this.#keepAlive(silenceMs, tickMs), tickMs);
    socket.resume();
  }

  /** Whether the connection is neither closed nor about to be. */
  get isOpen(): boolean {
    return !this.#isClosing && this.#socket.readyState === this.#socket.OPEN;
  }

  /** Sent and not yet passed on to the system, in bytes. */
  get queuedBytes(): number {
    return this.#outbox.queuedBytes;
  }

  /** Sends bytes as a binary message, a string as text. False asks for patience: await {@link drained} before the next. */
  send(message: SocketMessage): boolean {
    return this.isOpen ? this.#outbox.send(message) : true;
  }

  /** Resolves once there is room again, or the connection is over. */
  drained(): Promise<void> {
    return this.#outbox.drained();
  }

  /**
   * The next message, in order; undefined after the last one when the connection ended well. For one taker. Codes: source-timeout when none
   * came within `timeoutMs` (the connection goes on), and those of {@link ConnectionEnd}. Throws the signal's reason when aborted.
   */
  async receive(timeoutMs: number, signal?: AbortSignal): Promise<Outcome<SocketMessage | undefined>> {
    const untilMs = performance.now() + timeoutMs;
    while (this.#due.length + this.#arrived.length === 0 && !this.#end) {
      signal?.throwIfAborted();
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0)
        return failed("source-timeout", "wire", `${this.#host} sent nothing for ${timeoutMs / 1000} s`, true);
      await this.#somethingNew(leftMs, signal);
    }
    if (this.#due.length === 0) [this.#due, this.#arrived] = [this.#arrived.toReversed(), []];
    const message = this.#due.pop();
    if (message !== undefined) {
      this.#waitingBytes -= BYTES_OF_MESSAGE + message.length;
      if (this.#socket.isPaused && this.#waitingBytes < this.#mostWaitingBytes / 2) this.#resume();
      return succeeded(message);
    }
    return this.#end?.failure ? { ok: false, failure: this.#end.failure } : succeeded(undefined);
  }

  /** Says goodbye once everything was sent, and cuts the connection if there is no answer within 1 s. What was not taken is lost. */
  async close(code = 1000): Promise<void> {
    if (this.#isClosing || this.#end) return void (await this.closed);
    this.#isClosing = true;
    const cut = setTimeout(() => this.#socket.terminate(), GOODBYE_MS);
    await this.#outbox.drained(1);
    this.#socket.close(code);
    this.#forget();
    this.#resume();
    await this.closed;
    clearTimeout(cut);
  }

  /** Cuts the connection at once because the server broke the protocol; further messages are not given. */
  abandon(detail: string): Failure {
    this.#giveUp("protocol-error", detail);
    this.#forget();
    return this.#failure as Failure;
  }

  #hear(data: RawData, isBinary: boolean): void {
    this.#silentMs = 0;
    if (this.#isClosing || this.#failure) return;
    const message = toSocketMessage(data, isBinary);
    this.#arrived.push(message);
    this.#waitingBytes += BYTES_OF_MESSAGE + message.length;
    if (this.#waitingBytes > this.#mostWaitingBytes) this.#socket.pause();
    this.#wake?.();
  }

  #forget(): void {
    [this.#due, this.#arrived] = [[], []];
  }

  #resume(): void {
    this.#silentMs = 0;
    this.#socket.resume();
  }

  #keepAlive(silenceMs: number, tickMs: number): void {
    if (!this.isOpen) return;
    this.#silentMs += tickMs;
    if (this.#silentMs > silenceMs) return this.#giveUp("source-timeout", `was silent for ${silenceMs / 1000} s`);
    if (this.#silentMs < silenceMs / 2) return;
    this.#socket.ping();
    // A server that is held up cannot be heard, but shall know that somebody is there.
    if (this.#socket.isPaused) this.#silentMs = 0;
  }

  #noteError(error: Error): void {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (BAD_FRAME.test(code)) this.#giveUp("protocol-error", `sent what is not allowed (${code})`);
  }

  #giveUp(code: "source-timeout" | "protocol-error", what: string): void {
    this.#failure ??= failure(code, "wire", `${this.#host} ${what}`, code === "source-timeout");
    this.#socket.terminate();
  }

  #endOf(code: number): ConnectionEnd {
    if (this.#failure) return { code, failure: this.#failure };
    if (this.#isClosing || GOOD_CLOSES.includes(code)) return { code };
    const how = code === BROKEN_OFF ? "broke off the connection" : `closed the connection with code ${code}`;
    return { code, failure: failure("source-lost", "wire", `${this.#host} ${how}`, true) };
  }

  #somethingNew(withinMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, withinMs);
    const wake = (): void => resolve();
    signal?.addEventListener("abort", wake, { once: true });
    this.#wake = wake;
    return promise.finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", wake);
      this.#wake = undefined;
    });
  }
}

function handshakeFailure(error: Error, host: string): Failure {
  const isHandshake = /Upgrade|Sec-WebSocket|subprotocol|server sent/i.test(error.message) && !("code" in error);
  return isHandshake
    ? failure("source-refused", "wire", `${host} answered, but does not speak WebSocket`)
    : connectionFailure(error, host);
}

import type { RawData, WebSocket } from "ws";
import { toSocketMessage, type SocketMessage } from "./socket-message.ts";
import { SocketOutbox } from "./socket-outbox.ts";

/** Limits and times of a {@link ServerSocket}. */
export interface ServerSocketOptions {
  /** Largest message that is taken; a larger one ends the session with 1009. Enforced while it arrives. */
  readonly mostMessageBytes: number;
  /** Most that waits for a client that reads slowly; beyond it the session ends with 1013. */
  readonly mostQueuedBytes: number;
  /** A client that takes nothing of what waits for so long is given up, with 1013. */
  readonly stallMs: number;
  /** A ping is sent when nothing was sent, or nothing received, for so long. */
  readonly pingAfterMs: number;
  /** A client of which nothing at all came for so long is given up, with 1008. Not counted while the socket is paused. */
  readonly receiveTimeoutMs: number;
}

/** What holds unless a route says otherwise. */
const SERVER_SOCKET_DEFAULTS: ServerSocketOptions = {
  mostMessageBytes: 16 * 1024 * 1024,
  mostQueuedBytes: 8 * 1024 * 1024,
  stallMs: 30_000,
  pingAfterMs: 10_000,
  receiveTimeoutMs: 30_000,
};

/** How a session ended. */
export interface SocketEnd {
  /** As it was closed; 1005 without a code, 1006 when the connection broke off. */
  readonly code: number;
  /** Who or what ended it. */
  readonly cause: "client" | "server" | "broken-off" | "silent-client" | "slow-reader" | "bad-frame" | "bug";
  /** What was thrown, where the cause is a bug. */
  readonly error?: unknown;
}

/** Time for a client to answer a close before the connection is cut. */
const GOODBYE_MS = 2_000;
const BROKEN_OFF = 1006;

/**
 * The server's end of one WebSocket session: bounded both ways, kept alive, and closed in every case. Messages that come before
 * {@link receive} wait in the connection. Nothing throws after the end; everything that waits is let go.
 */
export class ServerSocket {
  /** Resolves once the connection is closed. Never rejects. */
  readonly closed: Promise<SocketEnd>;
  readonly #socket: WebSocket;
  readonly #options: ServerSocketOptions;
  readonly #outbox: SocketOutbox;
  readonly #gone = new AbortController();
  readonly #tick: NodeJS.Timeout;
  #listener: ((message: SocketMessage) => void) | undefined;
  #end: Partial<SocketEnd> | undefined;
  readonly #tickMs: number;
  // Counted by the timer: time in which nothing could be read, because this thread was busy or the machine asleep, is no silence.
  #sinceSentMs = 0;
  #sinceReceivedMs = 0;
  #sincePingMs = 0;

  constructor(socket: WebSocket, options: Partial<ServerSocketOptions> = {}) {
    this.#socket = socket;
    this.#options = { ...SERVER_SOCKET_DEFAULTS, ...options };
    const { mostQueuedBytes, stallMs, pingAfterMs, receiveTimeoutMs } = this.#options;
    const onGivenUp = (): void => void this.#finish({ cause: "slow-reader" }, 1013, "reads too slowly");
    this.#outbox = new SocketOutbox(socket, { mostQueuedBytes, stallMs, onGivenUp });
    const closed = Promise.withResolvers<SocketEnd>();
    this.closed = closed.promise;
    socket.pause();
    for (const sign of ["ping", "pong"] as const) socket.on(sign, () => (this.#sinceReceivedMs = 0));
    socket.on("message", (data, isBinary) => this.#hear(data, isBinary));
    socket.on("error", () => (this.#end ??= { cause: "bad-frame" }));
    socket.on("close", (code) => {
      clearInterval(this.#tick);
      this.#outbox.end();
      const cause = code === BROKEN_OFF ? "broken-off" : "client";
      closed.resolve({ code, cause, ...this.#end });
      this.#gone.abort();
    });
    this.#tickMs = Math.max(10, Math.min(pingAfterMs, receiveTimeoutMs) / 10);
    this.#tick = setInterval(() => this.#keepAlive(), this.#tickMs);
  }

  /** Aborted once the connection is closed. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Whether the session goes on: neither closed nor about to be. */
  get isOpen(): boolean {
    return this.#end === undefined && this.#socket.readyState === this.#socket.OPEN;
  }

  /** Sent and not yet passed on to the system, in bytes. */
  get queuedBytes(): number {
    return this.#outbox.queuedBytes;
  }

  /** Takes messages from here on, in order; once. A listener that throws ends the session with 1011. */
  receive(listener: (message: SocketMessage) => void): void {
    this.#listener = listener;
    this.resume();
  }

  /** No more messages for now: the client is held up. Pings are not answered meanwhile. Those already read may still come. */
  pause(): void {
    this.#socket.pause();
  }

  /** Messages again. */
  resume(): void {
    this.#sinceReceivedMs = 0;
    this.#socket.resume();
  }

  /** Sends bytes as a binary message, a string as text. False asks for patience: await {@link drained} before the next. */
  send(message: SocketMessage): boolean {
    if (!this.isOpen) return true;
    this.#sinceSentMs = 0;
    return this.#outbox.send(message);
  }

  /** Resolves once there is room again, or the session is over. */
  drained(): Promise<void> {
    return this.#outbox.drained();
  }

  /** Ends the session once everything was sent. Resolves when it is closed; a client that does not answer is cut off. */
  close(code = 1000, reason = ""): Promise<SocketEnd> {
    return this.#finish({ cause: "server" }, code, reason);
  }

  /** Cuts the connection without a word. */
  drop(): void {
    this.#end ??= { cause: "server" };
    this.#socket.terminate();
  }

  /** Ends the session because of an error that nobody expected. */
  fail(error: unknown): Promise<SocketEnd> {
    return this.#finish({ cause: "bug", error }, 1011, "something failed here");
  }

  #hear(data: RawData, isBinary: boolean): void {
    this.#sinceReceivedMs = 0;
    if (!this.isOpen || !this.#listener) return;
    try {
      this.#listener(toSocketMessage(data, isBinary));
    } catch (error) {
      void this.fail(error);
    }
  }

  #keepAlive(): void {
    if (!this.isOpen) return;
    const { pingAfterMs, receiveTimeoutMs } = this.#options;
    this.#sinceSentMs += this.#tickMs;
    this.#sincePingMs += this.#tickMs;
    if (!this.#socket.isPaused) this.#sinceReceivedMs += this.#tickMs;
    if (this.#sinceReceivedMs > receiveTimeoutMs) {
      void this.#finish({ cause: "silent-client" }, 1008, "nothing came");
      return;
    }
    // Whoever gets a lot and sends nothing is pinged too: otherwise their silence would look like absence.
    const quietMs = Math.max(this.#sinceSentMs, this.#sinceReceivedMs);
    if (Math.min(quietMs, this.#sincePingMs) < pingAfterMs) return;
    this.#sincePingMs = 0;
    this.#socket.ping();
  }

  async #finish(end: Partial<SocketEnd>, code: number, reason: string): Promise<SocketEnd> {
    if (!this.isOpen) return this.closed;
    this.#end = { code, ...end };
    await this.#outbox.drained(1);
    this.#socket.resume();
    this.#socket.close(code, reason);
    const cut = setTimeout(() => this.#socket.terminate(), GOODBYE_MS);
    const ended = await this.closed;
    clearTimeout(cut);
    return ended;
  }
}

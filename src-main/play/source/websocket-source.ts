import type { RawData } from "ws";
import { WebSocket } from "ws";
import { failed, failure, FailureError, succeeded, type Failure, type Outcome } from "../../../src-shared/failure.ts";
import type { ByteSource, OpenSource } from "./byte-source.ts";
import { chunkFlow, type ChunkPull } from "./chunk-flow.ts";
import { connectionFailure } from "./connection-failure.ts";
import { inSeconds } from "./in-seconds.ts";
import { oneLine, sharesWith } from "./server-message.ts";
import { parseWebAddress, type WebAddress } from "./web-address.ts";
import { TIME_IS_UP, withinTime } from "./within-time.ts";

const TIMEOUT_MS = 10_000;
const MOST_MESSAGE_BYTES = 16 * 1024 * 1024;
/** Closing without a code counts as a good end: many servers do not say more. */
const GOOD_CLOSES = [1000, 1005];
const BROKEN_OFF = 1006;

/** How to connect. */
export interface WebsocketSourceOptions {
  /** Sent with the handshake. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest wait for the connection to be open, 10 s unless told. */
  readonly connectTimeoutMs?: number;
  /** Longest wait for a binary message, 10 s unless told. */
  readonly idleTimeoutMs?: number;
}

/**
 * Audio from a WebSocket: every binary message is a chunk, of at most 16 MiB; text messages are counted and otherwise ignored. While nobody
 * asks for chunks the socket is paused, so no more than what one read of it brings is held. Closing with 1000 or without a code is the end.
 * Codes: source-unreachable, source-refused, source-timeout; in mid-stream source-timeout, source-lost.
 */
export class WebsocketSource implements ByteSource {
  readonly name: string;
  readonly #address: WebAddress | undefined;
  readonly #options: WebsocketSourceOptions;
  #textMessages = 0;

  constructor(url: string, options: WebsocketSourceOptions = {}) {
    this.#address = parseWebAddress(url, ["ws:", "wss:"]);
    this.name = this.#address?.host ?? "a server";
    this.#options = options;
  }

  /** Text messages that came and were ignored. */
  get textMessages(): number {
    return this.#textMessages;
  }

  async open(signal: AbortSignal): Promise<Outcome<OpenSource>> {
    signal.throwIfAborted();
    const address = this.#address;
    if (!address) return failed("source-unreachable", "input", "the address is not one of ws:// or wss://");
    const { connectTimeoutMs = TIMEOUT_MS, idleTimeoutMs = TIMEOUT_MS, headers = {} } = this.#options;
    const socket = new WebSocket(address.href, {
      followRedirects: true,
      maxPayload: MOST_MESSAGE_BYTES,
      perMessageDeflate: false,
      headers: { ...(address.authorization !== undefined && { authorization: address.authorization }), ...headers },
    });
    const pull = this.#pullMessages(socket, [...Object.values(headers), ...address.secrets]);
    let isOpen = false;
    try {
      const refusal = await withinTime(opened(socket, this.name), connectTimeoutMs, signal);
      if (refusal === TIME_IS_UP) {
        const detail = `${this.name} did not answer within ${inSeconds(connectTimeoutMs)}`;
        return failed("source-timeout", "input", detail, true);
      }
      if (refusal) return { ok: false, failure: refusal };
      isOpen = true;
      return succeeded({ chunks: chunkFlow(pull, { name: this.name, signal, idleTimeoutMs }) });
    } finally {
      if (!isOpen) pull.close();
    }
  }

  #pullMessages(socket: WebSocket, secrets: readonly string[]): ChunkPull {
    const arrived: Uint8Array[] = [];
    let end: { readonly failure?: Failure } | undefined;
    let hungry: (() => void) | undefined;
    let receivedBytes = 0;
    const wake = (): void => {
      hungry?.();
      hungry = undefined;
    };
    socket.on("message", (data, isBinary) => {
      if (!isBinary) {
        this.#textMessages++;
        return;
      }
      const chunk = toBytes(data);
      receivedBytes += chunk.length;
      arrived.push(chunk);
      if (!hungry) socket.pause();
      wake();
    });
    // What went wrong follows as the code of "close".
    socket.on("error", () => undefined);
    socket.on("close", (code, reason) => {
      end = GOOD_CLOSES.includes(code) ? {} : { failure: this.#lost(code, String(reason), receivedBytes, secrets) };
      wake();
    });
    return {
      async next() {
        if (arrived.length === 0 && !end) {
          const more = Promise.withResolvers<void>();
          hungry = more.resolve;
          socket.resume();
          await more.promise;
        }
        const chunk = arrived.shift();
        if (!chunk && end?.failure) throw new FailureError(end.failure);
        return chunk;
      },
      close() {
        socket.terminate();
      },
    };
  }

  #lost(code: number, reason: string, receivedBytes: number, secrets: readonly string[]): Failure {
    const words = oneLine(reason);
    const said = words === "" || secrets.some((secret) => sharesWith(words, secret)) ? "" : `: ${words}`;
    const how = code === BROKEN_OFF ? "broke off" : `closed the connection with code ${code}`;
    return failure("source-lost", "input", `${this.name} ${how} after ${receivedBytes} bytes${said}`, true);
  }
}

/** Resolves once the socket is open, with the failure if it will not be. Never rejects. */
async function opened(socket: WebSocket, host: string): Promise<Failure | undefined> {
  const answer = Promise.withResolvers<Failure | undefined>();
  socket.once("open", () => {
    socket.pause();
    answer.resolve(undefined);
  });
  socket.once("error", (error) => answer.resolve(handshakeFailure(error, host)));
  socket.once("unexpected-response", (_request, { statusCode = 0, statusMessage = "" }) => {
    const detail = `${host} answered ${oneLine(`${statusCode} ${statusMessage}`)} instead of opening a WebSocket`;
    answer.resolve(failure("source-refused", "input", detail, statusCode === 429 || statusCode >= 500));
  });
  return await answer.promise;
}

function handshakeFailure(error: Error, host: string): Failure {
  const isHandshake = /Upgrade|Sec-WebSocket|subprotocol|server sent/i.test(error.message) && !("code" in error);
  return isHandshake
    ? failure("source-refused", "input", `${host} answered, but does not speak WebSocket`)
    : connectionFailure(error, host);
}

function toBytes(data: RawData): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Array.isArray(data) ? Buffer.concat(data) : data;
}

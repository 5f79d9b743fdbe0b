import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { STATUS_CODES } from "node:http";
import type { HttpAnswer } from "../wire/route.ts";

/** How an answer is sent. */
export interface SendOptions {
  /** HEAD: only the headers. */
  readonly isHead: boolean;
  /** No further request by this connection. */
  readonly isLast: boolean;
  /** Longest wait for a client that takes nothing. */
  readonly stallMs: number;
}

/**
 * Sends an answer, never faster than the client takes it. Throws what the body throws: before the first piece nothing was sent, after it the
 * connection is cut, so that nobody takes a part for the whole. Resolves early when the client has gone.
 */
export async function sendAnswer(response: ServerResponse, answer: HttpAnswer, options: SendOptions): Promise<void> {
  const { status, body = "" } = answer;
  const headers = { ...answer.headers, ...(options.isLast && { connection: "close" }) };
  if (typeof body === "string" || body instanceof Uint8Array) {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    response.writeHead(status, { ...headers, "content-length": bytes.length });
    response.end(options.isHead ? undefined : bytes);
    return;
  }
  const pieces = body[Symbol.asyncIterator]();
  try {
    if (options.isHead) {
      response.writeHead(status, headers).end();
      return;
    }
    let piece = await pieces.next();
    response.writeHead(status, headers);
    for (; !piece.done; piece = await pieces.next()) {
      if (response.destroyed) return;
      if (!response.write(piece.value)) await room(response, options.stallMs);
    }
    response.end();
  } catch (error) {
    if (response.headersSent) response.destroy();
    throw error;
  } finally {
    await pieces.return?.();
  }
}

/** Answers on a connection that asked for a WebSocket and gets none. */
export function refuseUpgrade(socket: Duplex, { status, headers = {}, body = "" }: HttpAnswer): void {
  const text = typeof body === "string" ? body : "";
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(text)}`,
    "connection: close",
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${text}`, () => socket.destroy());
}

/** Resolves when the client takes more or has gone; one that does neither in time is cut off. */
function room(response: ServerResponse, stallMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), stallMs);
    const done = (): void => {
      clearTimeout(timer);
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}

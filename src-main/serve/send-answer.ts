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

/** Written in one go; what is longer is written bit by bit, so that it shows whether the client takes it. */
const PIECE_BYTES = 64 * 1024;

/**
 * Sends an answer, never faster than the client takes it, and resolves when all of it has left or the client has gone. Throws what the body
 * throws: before the first piece nothing was sent, after it the connection is cut, so that nobody takes a part for the whole.
 */
export async function sendAnswer(response: ServerResponse, answer: HttpAnswer, options: SendOptions): Promise<void> {
  const { status, body = "" } = answer;
  const headers = { ...answer.headers, ...(options.isLast && { connection: "close" }) };
  if (typeof body === "string" || body instanceof Uint8Array) {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    response.writeHead(status, { ...headers, "content-length": bytes.length });
    await sendPieces(response, options.isHead ? [] : inPieces(bytes), options.stallMs);
    return;
  }
  const pieces = body[Symbol.asyncIterator]();
  try {
    const first = options.isHead ? undefined : await pieces.next();
    response.writeHead(status, headers);
    await sendPieces(response, first ? startingWith(first, pieces) : [], options.stallMs);
  } catch (error) {
    if (response.headersSent) response.destroy();
    throw error;
  } finally {
    await pieces.return?.();
  }
}

async function sendPieces(
  response: ServerResponse,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  stallMs: number,
): Promise<void> {
  for await (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece)) await untilEvent(response, "drain", stallMs);
  }
  response.end();
  if (!response.writableFinished) await untilEvent(response, "finish", stallMs);
}

function* inPieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) yield bytes.subarray(start, start + PIECE_BYTES);
}

async function* startingWith(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (let piece = first; !piece.done; piece = await rest.next()) yield piece.value;
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

/** Resolves with the event or when the client has gone; one that takes nothing for so long is cut off. */
function untilEvent(response: ServerResponse, event: "drain" | "finish", stallMs: number): Promise<void> {
  if (response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), stallMs);
    const done = (): void => {
      clearTimeout(timer);
      response.off(event, done).off("close", done);
      resolve();
    };
    response.on(event, done).on("close", done);
  });
}

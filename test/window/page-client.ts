import { once } from "node:events";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { WebSocket } from "ws";
import type { ShellMessage } from "../../src-shared/carrier-protocol.ts";

/** What a browser shell answered to one request. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One HTTP request as written: no redirects followed, no URL tidied, any header as given. */
export function ask(port: number, path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: "127.0.0.1", port, path, method, headers, agent: false }, (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      );
    });
    sent.on("error", reject).end();
  });
}

/** Sends these bytes over TCP and returns everything that comes back until the shell closes. */
export async function askRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined).write(bytes);
  return text(socket).catch(() => "");
}

/** Opens the page as a browser would; returns its cookie. */
export async function logIn(url: string): Promise<string> {
  const { port, pathname, search } = new URL(url);
  const { headers } = await ask(Number(port), pathname + search);
  return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}

/** The carrier's socket, as a page opens it; every text message from the shell is kept. */
export class PageSocket {
  readonly socket: WebSocket;
  readonly messages: ShellMessage[] = [];
  readonly audio: Buffer[] = [];
  /** Close code and reason, once closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Resolves when open, rejects with "Unexpected server response: 403" and the like. */
  readonly opened: Promise<unknown>;

  constructor(port: number, headers: Record<string, string>) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/carrier`, { headers });
    this.opened = once(this.socket, "open");
    this.opened.catch(() => undefined);
    this.closed = new Promise((resolve) =>
      this.socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() })),
    );
    this.socket.on("error", () => undefined);
    this.socket.on("message", (data, isBinary) => {
      if (isBinary) this.audio.push(data as Buffer);
      else this.messages.push(JSON.parse((data as Buffer).toString()) as ShellMessage);
    });
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }
}

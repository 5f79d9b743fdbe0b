import type { IncomingHttpHeaders } from "node:http";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

/** What came of asking for a WebSocket. */
export interface OpenedOrRefused {
  readonly status: number;
  readonly body?: string;
  readonly socket: WebSocket;
}

/** Asks for a WebSocket, which ends with the test. */
export function dial(url: string, headers: IncomingHttpHeaders = {}): Promise<OpenedOrRefused> {
  const socket = new WebSocket(url, { headers });
  onTestFinished(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve({ status: 101, socket }));
    socket.on("error", reject);
    socket.once("unexpected-response", (_request, response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.once("end", () => resolve({ status: response.statusCode ?? 0, body, socket }));
    });
  });
}

/** The next message, as text. */
export const nextMessage = (socket: WebSocket): Promise<string> =>
  new Promise((resolve) => socket.once("message", (data: Buffer) => resolve(data.toString())));

/** The code with which it is closed. */
export const closing = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => socket.once("close", (code) => resolve(code)));

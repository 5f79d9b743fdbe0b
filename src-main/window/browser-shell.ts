import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import type { AssistantEndpoint } from "./assistant-endpoint.ts";
import { carryPage } from "./carried-page.ts";
import { pageHeaders, readPageFile } from "./page-files.ts";

const HOST = "127.0.0.1";
const COOKIE = "repartee";
const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
const LONGEST_MESSAGE_BYTES = 64 * 1024;
const HEARTBEAT_MS = 15_000;
const GOODBYE_MS = 500;

/** Shape of a browser shell. */
export interface BrowserShellOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** Folder of the built renderer. */
  readonly rendererFolder: string;
  readonly endpoint: AssistantEndpoint;
  /** What `/metrics` answers, in the Prometheus text format; without it there is no such page. */
  readonly metricsText?: () => string;
}

/** A running browser shell. */
export interface BrowserShell {
  /** Opens the window; the token in it lets in whoever has it. */
  readonly url: string;
  readonly port: number;
  /** An address that opens the window once: for where others may read it, as in the command line of a browser. */
  oneTimeUrl(): string;
  close(): Promise<void>;
}

/** What lets into the window. */
interface Keys {
  readonly token: string;
  readonly tickets: Set<string>;
}

/**
 * Serves the window to a browser on this machine: loopback only, a random token that becomes a cookie, Origin and Host checks against
 * other pages and DNS rebinding, a strict content policy, cross-origin isolation. `/metrics?token=…` is for programs. Code: port-in-use.
 */
export async function startBrowserShell(options: BrowserShellOptions): Promise<Outcome<BrowserShell>> {
  const token = randomKey();
  const tickets = new Set<string>();
  const server = createServer((request, response) => void answer(request, response, { token, tickets }, options));
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_MESSAGE_BYTES, perMessageDeflate: false });
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const isOurs = request.url === "/carrier" && isAllowed(request, token) && isOwnOrigin(request);
    if (!isOurs) {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => carryPage(webSocket, options.endpoint, HEARTBEAT_MS));
  });
  const listening = await listen(server, options.port);
  if (!listening.ok) return listening;
  const { port } = server.address() as AddressInfo;
  return succeeded({
    url: `http://${HOST}:${port}/?token=${token}`,
    port,
    oneTimeUrl: () => {
      const ticket = randomKey();
      tickets.add(ticket);
      return `http://${HOST}:${port}/?ticket=${ticket}`;
    },
    close: () => close(server, sockets),
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { token, tickets }: Keys,
  { rendererFolder, metricsText }: BrowserShellOptions,
): Promise<void> {
  const headers = pageHeaders(`ws://${request.headers.host ?? HOST}`);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (!isOwnHost(request) || (request.method !== "GET" && request.method !== "HEAD")) return refuse(response, 403);
  const url = URL.parse(request.url ?? "/", `http://${HOST}`);
  const isGuest = isToken(url?.searchParams.get("token") ?? "", token);
  if (url?.pathname === "/" && (isGuest || tickets.delete(url.searchParams.get("ticket") ?? ""))) {
    response.setHeader("Set-Cookie", `${cookieName(request)}=${token}; HttpOnly; SameSite=Strict; Path=/`);
    response.writeHead(303, { Location: "/" }).end();
    return;
  }
  if (!isGuest && !isAllowed(request, token)) return refuse(response, 401);
  if (url?.pathname === "/metrics" && metricsText) {
    response
      .writeHead(200, { "Content-Type": METRICS_TYPE })
      .end(request.method === "HEAD" ? undefined : metricsText());
    return;
  }
  if (!isAllowed(request, token)) return refuse(response, 401);
  const file = url && (await readPageFile(rendererFolder, url.pathname));
  if (!file) return refuse(response, 404);
  response.writeHead(200, { "Content-Type": file.type, "Content-Length": file.bytes.length });
  response.end(request.method === "HEAD" ? undefined : file.bytes);
}

const REASONS = {
  401: "Open the address that Repartee printed: it holds the key to this page.",
  403: "Forbidden.",
  404: "Not found.",
};

function refuse(response: ServerResponse, status: keyof typeof REASONS): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${REASONS[status]}\n`);
}

function isAllowed(request: IncomingMessage, token: string): boolean {
  if (!isOwnHost(request)) return false;
  const cookies = (request.headers.cookie ?? "").split(/;\s*/).map((cookie) => cookie.split("="));
  const mine = cookies.find(([name]) => name === cookieName(request));
  return mine !== undefined && isToken(mine[1] ?? "", token);
}

/** Cookies do not know ports: each port has its own, so that two assistants do not lock each other out. */
function cookieName(request: IncomingMessage): string {
  return `${COOKIE}-${request.socket.localPort}`;
}

function isOwnHost(request: IncomingMessage): boolean {
  const { localPort } = request.socket;
  return request.headers.host === `${HOST}:${localPort}` || request.headers.host === `localhost:${localPort}`;
}

function isOwnOrigin(request: IncomingMessage): boolean {
  return request.headers.origin === `http://${request.headers.host}`;
}

function randomKey(): string {
  return randomBytes(24).toString("base64url");
}

function isToken(candidate: string, token: string): boolean {
  const [a, b] = [Buffer.from(candidate), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function listen(server: Server, port: number): Promise<Outcome<null>> {
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const detail = error.code === "EADDRINUSE" ? `port ${port} on ${HOST} is taken` : error.message;
      resolve(failed("port-in-use", "window", detail));
    });
    server.listen(port, HOST, () => resolve(succeeded(null)));
  });
}

/** Says goodbye to every page; one that does not answer is cut off. */
async function close(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.close(1001, "Repartee is closing");
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  const cutOff = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, GOODBYE_MS);
  await closed;
  clearTimeout(cutOff);
}

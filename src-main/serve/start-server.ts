import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import type { HttpAnswer, ServedProtocol } from "../wire/route.ts";
import type { AccessKeys } from "./access-keys.ts";
import { answerHttp } from "./answer-http.ts";
import { createOpenSession } from "./open-session.ts";
import { RouteTable } from "./route-table.ts";
import { RunningSessions } from "./running-sessions.ts";
import type { ServerContext } from "./server-context.ts";
import type { ServerLimits } from "./server-limits.ts";
import type { ServerLog } from "./server-log.ts";
import type { ServerMetrics } from "./server-metrics.ts";
import { serverPages } from "./server-pages.ts";

const HEADERS_MS = 10_000;
/** Sessions that are told to end get this long to say goodbye. */
const GOODBYE_MS = 500;

/** What a server serves, where and how. */
export interface StartServerOptions {
  /** A function is called once the port is there: for what is costly to begin. */
  readonly protocols: readonly ServedProtocol[] | (() => readonly ServedProtocol[]);
  /** An address of this machine; 127.0.0.1 for this machine alone. */
  readonly address: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly keys: AccessKeys;
  readonly limits: ServerLimits;
  readonly log: ServerLog;
  readonly metrics: ServerMetrics;
  /** Answers a GET of a path that nobody serves. */
  readonly elsewhere?: ((path: string) => Promise<HttpAnswer | undefined>) | undefined;
}

/** A running server. */
export interface RunningServer {
  /** `http://ADDRESS:PORT`. */
  readonly url: string;
  readonly port: number;
  /** Resolves when it has ended, however that came about. */
  readonly ended: Promise<void>;
  /** Refuses what is new, lets what runs finish for so long, then ends. Resolves when it has ended. */
  drain(withinMs: number): Promise<void>;
  /** Ends at once: sessions are told, then cut off. Resolves when it has ended. */
  end(): Promise<void>;
}

/**
 * One HTTP server for any number of protocols, with `/health`, `/metrics`, `/api/build_info` and `/api/modules_info`. Codes: port-in-use,
 * address-unusable.
 */
export async function startServer(options: StartServerOptions): Promise<Outcome<RunningServer>> {
  const { limits, address } = options;
  const server = createServer({
    headersTimeout: Math.min(HEADERS_MS, limits.requestMs),
    requestTimeout: limits.requestMs,
    // Anything else, like the offer to speak HTTP/2, is a request as usual.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
  });
  server.maxConnections = limits.mostConnections;
  const listening = await listen(server, options.port, address);
  if (!listening.ok) return listening;
  try {
    return succeeded(serve(server, options));
  } catch (error) {
    server.close();
    throw error;
  }
}

function serve(server: Server, options: StartServerOptions): RunningServer {
  const { limits, keys, log, metrics, elsewhere, address } = options;
  const { port } = server.address() as AddressInfo;
  const running = new RunningSessions(limits);
  let isEnding = false;
  const protocols = typeof options.protocols === "function" ? options.protocols() : options.protocols;
  const pages = serverPages(protocols, { metrics, sessions: () => running.sessions, isEnding: () => isEnding });
  const routes = new RouteTable([pages, ...protocols]);
  const context: ServerContext = { routes, keys, limits, log, metrics, running, elsewhere, isEnding: () => isEnding };
  const connections = new Set<Socket>();
  server.on("connection", (connection) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  });
  server.on("error", ({ code = "" }: NodeJS.ErrnoException) => log.write("error", "accepting-failed", { code }));
  server.on("request", (request, response) => void answerHttp(request, response, context));
  server.on("upgrade", createOpenSession(context));
  log.write("info", "started", { address, port, protocols: protocols.map(({ name }) => name).join() });
  const ended = Promise.withResolvers<void>();
  let ending: Promise<void> | undefined;

  const close = async (): Promise<void> => {
    isEnding = true;
    running.stopAll();
    await within(running.idle(), GOODBYE_MS);
    server.close(() => {
      log.write("info", "ended");
      ended.resolve();
    });
    for (const connection of connections) connection.destroy();
    await ended.promise;
  };
  const end = (): Promise<void> => (ending ??= close());
  return {
    url: `http://${address.includes(":") ? `[${address}]` : address}:${port}`,
    port,
    ended: ended.promise,
    async drain(withinMs) {
      isEnding = true;
      log.write("info", "ending", { sessions: running.sessions });
      await Promise.race([within(running.idle(), withinMs), ended.promise]);
      await end();
    },
    end,
  };
}

function listen(server: Server, port: number, address: string): Promise<Outcome<null>> {
  return new Promise((resolve) => {
    server.once("error", ({ code, name }: NodeJS.ErrnoException) => {
      const isTaken = code === "EADDRINUSE";
      const detail = isTaken ? `port ${port} on ${address} is taken` : `port ${port} of ${address}: ${code ?? name}`;
      resolve(failed(isTaken ? "port-in-use" : "address-unusable", "wire", detail));
    });
    server.listen(port, address, () => resolve(succeeded(null)));
  });
}

/** Resolves with the promise, or after so long. */
function within(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

import { onTestFinished } from "vitest";
import { AccessKeys } from "../../src-main/serve/access-keys.ts";
import { createServerLog } from "../../src-main/serve/server-log.ts";
import { serverLimits, type ServerLimits } from "../../src-main/serve/server-limits.ts";
import { ServerMetrics } from "../../src-main/serve/server-metrics.ts";
import { startServer, type RunningServer, type StartServerOptions } from "../../src-main/serve/start-server.ts";
import type { ServedProtocol } from "../../src-main/wire/route.ts";

/** What a test may want to be different. */
export interface TestServerOptions extends Partial<Pick<StartServerOptions, "address" | "port" | "elsewhere">> {
  readonly keys?: readonly string[];
  readonly limits?: Partial<ServerLimits>;
}

/** A server, and what it counts and writes down. */
export interface TestServer extends RunningServer {
  /** `ws://…`. */
  readonly socketUrl: string;
  readonly metrics: ServerMetrics;
  readonly logged: () => string;
}

/** Serves protocols on a free port of 127.0.0.1 with the product's own server, which ends with its test. */
export async function startTestServer(
  protocols: readonly ServedProtocol[],
  { keys, limits, ...options }: TestServerOptions = {},
): Promise<TestServer> {
  let logged = "";
  const metrics = new ServerMetrics();
  const started = await startServer({
    protocols,
    address: "127.0.0.1",
    port: 0,
    keys: new AccessKeys(keys),
    limits: serverLimits(limits),
    log: createServerLog({ level: "debug", print: (line) => (logged += line) }),
    metrics,
    ...options,
  });
  if (!started.ok) throw new Error(started.failure.detail);
  const server = started.value;
  onTestFinished(() => server.end());
  return { ...server, socketUrl: server.url.replace("http", "ws"), metrics, logged: () => logged };
}

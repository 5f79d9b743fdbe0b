import { AccessKeys } from "../../src-main/serve/access-keys.ts";
import { createServerLog } from "../../src-main/serve/server-log.ts";
import { serverLimits, type ServerLimits } from "../../src-main/serve/server-limits.ts";
import { ServerMetrics } from "../../src-main/serve/server-metrics.ts";
import { startServer, type RunningServer } from "../../src-main/serve/start-server.ts";
import type { ServedProtocol } from "../../src-main/wire/route.ts";

/** Serves protocols on a free port of 127.0.0.1 with the product's own server, without logs. */
export async function startTestServer(
  protocols: readonly ServedProtocol[],
  options: { readonly keys?: readonly string[]; readonly limits?: Partial<ServerLimits> } = {},
): Promise<RunningServer> {
  const started = await startServer({
    protocols,
    address: "127.0.0.1",
    port: 0,
    keys: new AccessKeys(options.keys),
    limits: serverLimits(options.limits),
    log: createServerLog({ level: "off" }),
    metrics: new ServerMetrics(),
  });
  if (!started.ok) throw new Error(started.failure.detail);
  return started.value;
}

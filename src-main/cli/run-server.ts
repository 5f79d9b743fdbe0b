import { setTimeout as sleep } from "node:timers/promises";
import type { Failure } from "../../src-shared/failure.ts";
import { AccessKeys } from "../serve/access-keys.ts";
import { createLocalEngines, type LocalEngines } from "../serve/engines/local-engines.ts";
import { createServerLog } from "../serve/server-log.ts";
import { ServerMetrics } from "../serve/server-metrics.ts";
import { startServer } from "../serve/start-server.ts";
import { staticFiles } from "../serve/static-files.ts";
import type { ProtocolSurroundings } from "../serve/served-protocols.ts";
import { warmUpEncoders } from "../wire/audio-encoding/create-audio-encoder.ts";
import type { ServedProtocol } from "../wire/route.ts";
import { isLoopback, limitsOf, type ServerOptions } from "./server-options.ts";
import { unwrap } from "./unwrap.ts";
import { warn } from "./warn.ts";

/** Time for engines to be loaded, which must not be interrupted, and to end. */
const ENGINES_CLOSE_MS = 10_000;
/** Ctrl+C comes twice where another program has started this one and passes it on. */
const TWICE_MS = 500;

/** What is served beside what the options say. */
export interface RunServerOptions {
  readonly options: ServerOptions;
  /** Undefined: everyone is let in. */
  readonly keys: readonly string[] | undefined;
  readonly protocols: (surroundings: ProtocolSurroundings) => readonly ServedProtocol[];
  readonly logFiles?: { readonly folder: string; readonly name: string };
  readonly staticFolder?: string;
}

/**
 * Serves until the system or the user asks to end: then no new sessions, and time for those that run; asked again, it ends at once. Throws a
 * failure when it cannot begin.
 */
export async function runServer({ options, keys, protocols, logFiles, staticFolder }: RunServerOptions): Promise<void> {
  const limits = limitsOf(options);
  const metrics = new ServerMetrics();
  const log = createServerLog({
    level: options.log,
    onProblem: warn,
    ...(options.silent && { print: null }),
    ...(logFiles && { files: logFiles }),
  });
  const onWarning = ({ stage, code }: Failure): void => log.write("warn", "conversation-problem", { stage, code });
  let engines: LocalEngines | undefined;
  try {
    const server = unwrap(
      await startServer({
        protocols: () => protocols({ engines: (engines = createLocalEngines({ onWarning })), meters: metrics, limits }),
        address: options.addr,
        port: options.port,
        keys: new AccessKeys(keys),
        limits,
        log,
        metrics,
        elsewhere: staticFolder === undefined ? undefined : staticFiles(staticFolder),
      }),
    );
    if (keys === undefined && !isLoopback(options.addr))
      console.error(`repartee: warning: whoever can reach ${options.addr} may use this server: no key is set`);
    // What cannot be loaded is said to the first who asks for it.
    void warmUpEncoders().catch(() => undefined);
    let askedAtMs: number | undefined;
    const stop = (): void => {
      const atMs = performance.now();
      askedAtMs ??= atMs;
      if (askedAtMs === atMs) void server.drain(options.drainSeconds * 1000);
      else if (atMs - askedAtMs > TWICE_MS) void server.end();
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
    const ready = await Promise.race([engines?.ready, server.ended]);
    if (ready && !ready.ok) await server.end();
    else if (askedAtMs === undefined) console.log(`Repartee serves at ${server.url}`);
    await server.ended;
    if (ready) unwrap(ready);
  } finally {
    const late = sleep(ENGINES_CLOSE_MS, "late", { ref: false });
    const closing = engines && (await Promise.race([closeLoaded(engines), late]));
    await log.close();
    if (closing === "late") process.exit();
  }
}

/** Engines that are still being loaded must not be interrupted. */
async function closeLoaded(engines: LocalEngines): Promise<void> {
  await engines.ready;
  await engines.close();
}

import type { HttpAnswer } from "../wire/route.ts";
import type { AccessKeys } from "./access-keys.ts";
import type { RouteTable } from "./route-table.ts";
import type { RunningSessions } from "./running-sessions.ts";
import type { ServerLimits } from "./server-limits.ts";
import type { ServerLog } from "./server-log.ts";
import type { ServerMetrics } from "./server-metrics.ts";

/** What answering a request takes, the same for all requests of one server. */
export interface ServerContext {
  readonly routes: RouteTable;
  readonly keys: AccessKeys;
  readonly limits: ServerLimits;
  readonly log: ServerLog;
  readonly metrics: ServerMetrics;
  readonly running: RunningSessions;
  /** Answers a GET of a path without a route; undefined where there is nothing either. */
  readonly elsewhere?: ((path: string) => Promise<HttpAnswer | undefined>) | undefined;
  /** Whether new sessions are refused because the server is about to end. */
  readonly isEnding: () => boolean;
}

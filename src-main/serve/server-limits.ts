import { z } from "zod";

const count = z.number().int().min(1);
const MEBIBYTE = 1024 * 1024;

/** How much the server takes on. */
export const serverLimitsSchema = z.strictObject({
  /** Sessions at once, those of all protocols together. A session is a WebSocket, or a request that takes an engine's time. */
  mostSessions: count.max(10_000).default(64),
  /** Sessions at once on one path. */
  mostSessionsPerRoute: count.max(10_000).default(64),
  /** Connections at once, idle ones included; more are closed as they come. */
  mostConnections: count.max(100_000).default(1_024),
  /** Largest message of a WebSocket. */
  mostMessageBytes: count.max(1024 * MEBIBYTE).default(16 * MEBIBYTE),
  /** Most that waits for a client that reads slowly, per WebSocket. */
  mostQueuedBytes: count.max(1024 * MEBIBYTE).default(8 * MEBIBYTE),
  /** Largest body of a request. */
  mostBodyBytes: count.max(1024 * MEBIBYTE).default(32 * MEBIBYTE),
  /** Most audio that waits to be recognized, per session, in seconds. */
  mostQueuedAudioSeconds: count.max(24 * 3600).default(1_200),
  /** Longest wait for a client that takes nothing of its answer. */
  stallMs: count.max(3_600_000).default(30_000),
  /** Longest wait for a request to be complete. */
  requestMs: count.max(3_600_000).default(120_000),
});

/** How much the server takes on: see {@link serverLimitsSchema}. */
export type ServerLimits = z.infer<typeof serverLimitsSchema>;

/** Limits with defaults for what is not told. Throws a `ZodError` for what is out of range. */
export function serverLimits(wanted: Partial<ServerLimits> = {}): ServerLimits {
  return serverLimitsSchema.parse(wanted);
}

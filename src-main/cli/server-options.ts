import { isIP } from "node:net";
import { InvalidArgumentError, Option, type Command } from "commander";
import { serverLimits, type ServerLimits } from "../serve/server-limits.ts";
import { LOG_LEVELS, type LogLevel } from "../serve/server-log.ts";
import { wholeNumber } from "./whole-number.ts";

/** What `serve` and `worker` take alike, as parsed. */
export interface ServerOptions {
  readonly addr: string;
  readonly port: number;
  readonly log: LogLevel | "off";
  readonly silent?: boolean;
  readonly drainSeconds: number;
  readonly maxSessions: number;
  readonly maxSessionsPerPath: number;
  readonly maxConnections: number;
  readonly maxMessageBytes: number;
  readonly maxQueuedBytes: number;
  readonly maxBodyBytes: number;
  readonly maxQueuedAudioSeconds: number;
  readonly stallSeconds: number;
  readonly requestSeconds: number;
}

const MOST_BYTES = 1024 ** 3;
/** `trace` is a level of moshi-server; here there is nothing below `debug`. */
const LEVELS = [...LOG_LEVELS, "trace", "off"];

/** Gives a command the options of a server. */
export function withServerOptions(command: Command): Command {
  const usual = serverLimits();
  return command
    .option("-a, --addr <address>", "address of this machine to be reached at", parseAddress, "127.0.0.1")
    .option("-p, --port <number>", "port; 0 for any free one", wholeNumber(0, 65_535), 8080)
    .addOption(
      new Option("-l, --log <level>", `what to log: ${LEVELS.join(", ")}`).default("info").argParser(parseLevel),
    )
    .option("--silent", "no log on standard error")
    .option("--drain-seconds <number>", "time to finish for sessions at the end", wholeNumber(0, 86_400), 30)
    .option("--max-sessions <number>", "sessions at once", wholeNumber(1, 10_000), usual.mostSessions)
    .option(
      "--max-sessions-per-path <number>",
      "sessions at once on one path",
      wholeNumber(1, 10_000),
      usual.mostSessionsPerRoute,
    )
    .option("--max-connections <number>", "connections at once", wholeNumber(1, 100_000), usual.mostConnections)
    .option(
      "--max-message-bytes <number>",
      "longest message of a WebSocket",
      wholeNumber(1, MOST_BYTES),
      usual.mostMessageBytes,
    )
    .option(
      "--max-queued-bytes <number>",
      "most that waits for a client that reads slowly",
      wholeNumber(1, MOST_BYTES),
      usual.mostQueuedBytes,
    )
    .option("--max-body-bytes <number>", "longest body of a request", wholeNumber(1, MOST_BYTES), usual.mostBodyBytes)
    .option(
      "--max-queued-audio-seconds <number>",
      "most audio of a session that waits to be recognized",
      wholeNumber(1, 86_400),
      usual.mostQueuedAudioSeconds,
    )
    .option(
      "--stall-seconds <number>",
      "longest wait for a client that reads nothing",
      wholeNumber(1, 3_600),
      usual.stallMs / 1000,
    )
    .option(
      "--request-seconds <number>",
      "longest wait for a request to be complete",
      wholeNumber(1, 3_600),
      usual.requestMs / 1000,
    );
}

/** The limits that the options say. */
export function limitsOf(options: ServerOptions): ServerLimits {
  return serverLimits({
    mostSessions: options.maxSessions,
    mostSessionsPerRoute: options.maxSessionsPerPath,
    mostConnections: options.maxConnections,
    mostMessageBytes: options.maxMessageBytes,
    mostQueuedBytes: options.maxQueuedBytes,
    mostBodyBytes: options.maxBodyBytes,
    mostQueuedAudioSeconds: options.maxQueuedAudioSeconds,
    stallMs: options.stallSeconds * 1000,
    requestMs: options.requestSeconds * 1000,
  });
}

/** Whether only programs on this machine can reach an address. */
export function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || address.startsWith("127.");
}

function parseAddress(text: string): string {
  if (text === "localhost" || isIP(text) > 0) return text;
  throw new InvalidArgumentError("It is an IP address of this machine, such as 127.0.0.1.");
}

function parseLevel(text: string): LogLevel | "off" {
  const level = text === "trace" ? "debug" : text;
  const known = [...LOG_LEVELS, "off" as const].find((name) => name === level);
  if (known === undefined) throw new InvalidArgumentError(`It is one of ${LEVELS.join(", ")}.`);
  return known;
}

import { join } from "node:path";
import { failure, type Failure } from "../../src-shared/failure.ts";
import { LineWriter } from "../files/line-writer.ts";

/** From what ends the server to what only helps to find a mistake. */
export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;

/** How much an event matters. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What may be said of an event: numbers, and names out of this program. Never what was said, nor keys, addresses asked for or queries. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where events are written down. Neither blocks nor throws. */
export interface ServerLog {
  write(level: LogLevel, event: string, fields?: LogFields): void;
  /** Writes what still waits, for 2 s at most. */
  close(): Promise<void>;
}

/** Where a log goes. */
export interface ServerLogOptions {
  /** Less important events are left out; with "off" all are. */
  readonly level: LogLevel | "off";
  /** Takes each line, which ends with a newline; standard error unless told. `null`: nowhere but the files. */
  readonly print?: ((line: string) => void) | null;
  /** A file a day in this folder, `log.NAME.YYYY-MM-DD`, by UTC. */
  readonly files?: { readonly folder: string; readonly name: string };
  /** Told once when a file cannot be written. Code: output-unwritable. */
  readonly onProblem?: (problem: Failure) => void;
  /** Epoch ms; the system's unless told. */
  readonly now?: () => number;
}

/** Writes one line of JSON an event: `at`, `level`, `event`, and what else there is to say. */
export function createServerLog(options: ServerLogOptions): ServerLog {
  const { level, files, now = Date.now, print = (line) => void process.stderr.write(line), onProblem } = options;
  const most = level === "off" ? -1 : LOG_LEVELS.indexOf(level);
  const writer =
    files &&
    new LineWriter({
      gapOf: (dropped, { path, atMs }) => ({ path, atMs, text: lineOf(atMs, "warn", "log-gap", { dropped }), dropped }),
      onProblem: (path, { message }) =>
        onProblem?.(failure("output-unwritable", "wire", `cannot write ${path}: ${message}`, true)),
    });
  return {
    write(level, event, fields = {}) {
      if (LOG_LEVELS.indexOf(level) > most) return;
      const atMs = now();
      const line = lineOf(atMs, level, event, fields);
      print?.(line);
      if (files) writer?.write(join(files.folder, `log.${files.name}.${dayOf(atMs)}`), atMs, line);
    },
    async close() {
      await writer?.close();
    },
  };
}

function lineOf(atMs: number, level: LogLevel, event: string, fields: LogFields): string {
  return `${JSON.stringify({ at: new Date(atMs).toISOString(), level, event, ...fields })}\n`;
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

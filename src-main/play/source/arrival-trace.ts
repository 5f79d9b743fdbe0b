import { z } from "zod";
import { parseJson } from "../../../src-shared/parse-json.ts";

/** Bytes that arrived together. */
export interface TraceArrival {
  /** Since the source was opened. */
  readonly arrivalMs: number;
  readonly bytes: number;
}

const arrivalSchema = z.object({ arrivalMs: z.number().nonnegative(), bytes: z.number().int().positive() });
const HEADING = /^\s*arrivalMs\s*,\s*bytes\s*$/i;

/**
 * Reads a trace: JSON lines of `{"arrivalMs": …, "bytes": …}` or CSV of `arrivalMs,bytes`, with or without that heading, in order of time.
 * Empty lines and lines that begin with # are left out. Throws an Error of one sentence that names the line. Pure.
 */
export function parseTrace(text: string, name: string): TraceArrival[] {
  const arrivals: TraceArrival[] = [];
  let latestMs = 0;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#") || HEADING.test(line)) continue;
    const parsed = arrivalSchema.safeParse(line.trimStart().startsWith("{") ? parseJson(line) : fromCsv(line));
    if (!parsed.success)
      throw new Error(`line ${index + 1} of the trace ${name} is not an arrival time in ms and a number of bytes`);
    if (parsed.data.arrivalMs < latestMs)
      throw new Error(`line ${index + 1} of the trace ${name} arrives before the line above it`);
    latestMs = parsed.data.arrivalMs;
    arrivals.push(parsed.data);
  }
  if (arrivals.length === 0) throw new Error(`the trace ${name} holds no arrivals`);
  return arrivals;
}

/** What {@link recordTrace} needs. */
export interface TraceRecording {
  /** A clock in ms with any origin. */
  readonly nowMs: () => number;
  /** When the source was opened, on that clock. */
  readonly openedAtMs: number;
  /** Takes a line of the trace, newline included; not waited for. */
  readonly write: (line: string) => void;
}

/** Passes the chunks of a live stream on as they are, and writes when each arrived as a JSON line that {@link parseTrace} reads. */
export async function* recordTrace(
  chunks: AsyncIterable<Uint8Array>,
  { nowMs, openedAtMs, write }: TraceRecording,
): AsyncGenerator<Uint8Array, undefined> {
  for await (const chunk of chunks) {
    const arrivalMs = Math.round((nowMs() - openedAtMs) * 1000) / 1000;
    write(`${JSON.stringify({ arrivalMs, bytes: chunk.length } satisfies TraceArrival)}\n`);
    yield chunk;
  }
}

function fromCsv(line: string): unknown {
  const [arrivalMs, bytes, ...rest] = line
    .split(",")
    .map((field) => (field.trim() === "" ? Number.NaN : Number(field)));
  return rest.length === 0 ? { arrivalMs, bytes } : undefined;
}

import { join } from "node:path";
import { failure, type Failure } from "../../../src-shared/failure.ts";
import { LineWriter } from "../../files/line-writer.ts";
import type { PlaybackEvents, PlaybackEventType } from "./playback-events.ts";

/** Where an event log goes: into a folder, one file a day, or into one fixed file. */
export type EventLogPlace = { readonly folder: string } | { readonly file: string };

/** Settings of an {@link EventLog}; all have defaults. */
export interface EventLogOptions {
  /** The time in epoch ms. Default: the system's clock. */
  readonly now?: () => number;
  /** Called once, when a write fails for the first time: output-unwritable. The log goes on trying. */
  readonly onProblem?: (failure: Failure) => void;
  /** Bound on the length of the lines that wait, in characters. Default: 32 Mi, about 200,000 events. */
  readonly mostPendingCharacters?: number;
  /** Pause after a failed write. Default: 1000. */
  readonly retryMs?: number;
}

/**
 * A log of playback events as JSON lines: `{"timestamp", "event_type", "session_id", "data"}`. In a folder the file is
 * `repartee_events_YYYY-MM-DD.jsonl` by the local date of the event. Writing is that of a {@link LineWriter}: when too many events wait, the
 * oldest are dropped, and a LOG_GAP in their place says how many.
 */
export class EventLog {
  readonly #pathAt: (atMs: number) => string;
  readonly #now: () => number;
  readonly #lines: LineWriter;

  constructor(place: EventLogPlace, options: EventLogOptions = {}) {
    const { now = Date.now, onProblem, mostPendingCharacters, retryMs } = options;
    this.#pathAt = "file" in place ? () => place.file : (atMs) => join(place.folder, dailyName(atMs));
    this.#now = now;
    this.#lines = new LineWriter({
      gapOf: (dropped, { path, atMs }) => ({
        path,
        atMs,
        text: lineOf(atMs, "LOG_GAP", null, { dropped }),
        dropped,
      }),
      onProblem: (path, { message }) =>
        onProblem?.(failure("output-unwritable", "play", `cannot write ${path}: ${message}`, true)),
      mostPendingCharacters,
      retryMs,
    });
  }

  /** Takes down an event of now and returns at once. After `close` it does nothing. */
  write<T extends Exclude<PlaybackEventType, "LOG_GAP">>(type: T, data: PlaybackEvents[T], sessionId?: string): void {
    const atMs = this.#now();
    this.#lines.write(this.#pathAt(atMs), atMs, lineOf(atMs, type, sessionId ?? null, data));
  }

  /** Writes what still waits, for 2 s at most. Resolves to the number of events that are not known to be in a file: 0 when all are. */
  close(): Promise<number> {
    return this.#lines.close();
  }
}

function lineOf(atMs: number, type: PlaybackEventType, sessionId: string | null, data: object): string {
  const timestamp = new Date(atMs).toISOString().replace("Z", "+00:00");
  return `${JSON.stringify({ timestamp, event_type: type, session_id: sessionId, data })}\n`;
}

function dailyName(atMs: number): string {
  const date = new Date(atMs);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return `repartee_events_${day.map((part) => String(part).padStart(2, "0")).join("-")}.jsonl`;
}

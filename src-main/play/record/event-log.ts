import { join } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import { failure, type Failure } from "../../../src-shared/failure.ts";
import { appendLines } from "./append-lines.ts";
import { PendingLines } from "./pending-lines.ts";
import type { PlaybackEvents, PlaybackEventType } from "./playback-events.ts";

const BATCH_CHARACTERS = 256 * 1024;
const MOST_PENDING_CHARACTERS = 32 * 1024 * 1024;
const RETRY_MS = 1000;
const CLOSE_MS = 2000;

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
 * `repartee_events_YYYY-MM-DD.jsonl` by the local date of the event. Writing never blocks and never throws: events wait in memory for the one
 * writer, which keeps trying when the disk is full, the folder cannot be written or the file is removed. When too many wait, the oldest
 * are dropped, and a LOG_GAP in their place says how many. For one thread; the writer keeps no process alive while it waits to try again.
 */
export class EventLog {
  readonly #pathAt: (atMs: number) => string;
  readonly #now: () => number;
  readonly #onProblem: (failure: Failure) => void;
  readonly #retryMs: number;
  readonly #pending: PendingLines;
  readonly #closing = new AbortController();
  #writing: Promise<void> | undefined;
  #closed: Promise<number> | undefined;
  #hasTold = false;

  constructor(place: EventLogPlace, options: EventLogOptions = {}) {
    this.#pathAt = "file" in place ? () => place.file : (atMs) => join(place.folder, dailyName(atMs));
    this.#now = options.now ?? Date.now;
    this.#onProblem = options.onProblem ?? (() => {});
    this.#retryMs = options.retryMs ?? RETRY_MS;
    this.#pending = new PendingLines(options.mostPendingCharacters ?? MOST_PENDING_CHARACTERS, (dropped, last) => ({
      path: last.path,
      atMs: last.atMs,
      text: lineOf(last.atMs, "LOG_GAP", null, { dropped }),
      dropped,
    }));
  }

  /** Takes down an event of now and returns at once. After `close` it does nothing. */
  write<T extends Exclude<PlaybackEventType, "LOG_GAP">>(type: T, data: PlaybackEvents[T], sessionId?: string): void {
    if (this.#closing.signal.aborted) return;
    const atMs = this.#now();
    this.#pending.add({ path: this.#pathAt(atMs), atMs, text: lineOf(atMs, type, sessionId ?? null, data) });
    this.#writing ??= this.#writeAll();
  }

  /** Writes what still waits, for 2 s at most. Resolves to the number of events that are not known to be in a file: 0 when all are. */
  close(): Promise<number> {
    this.#closed ??= this.#writeLast();
    return this.#closed;
  }

  async #writeAll(): Promise<void> {
    // A burst of events makes one batch.
    await setImmediate();
    while (!this.#pending.isEmpty) {
      const isOver = this.#closing.signal.aborted;
      const problem = await this.#writeBatch();
      if (problem) {
        if (isOver) break;
        this.#tell(problem);
        await setTimeout(this.#retryMs, undefined, { ref: false, signal: this.#closing.signal }).catch(() => {});
      }
    }
    this.#writing = undefined;
  }

  async #writeBatch(): Promise<Failure | undefined> {
    const batch = this.#pending.take(BATCH_CHARACTERS);
    const path = batch[0]?.path ?? "";
    const { written, error } = await appendLines(
      path,
      batch.map(({ text }) => text),
    );
    this.#pending.settle(written);
    return error && failure("output-unwritable", "play", `cannot write ${path}: ${error.message}`, true);
  }

  async #writeLast(): Promise<number> {
    this.#closing.abort();
    const enough = new AbortController();
    const timeout = setTimeout(CLOSE_MS, undefined, { signal: enough.signal }).catch(() => {});
    await Promise.race([this.#writing, timeout]);
    enough.abort();
    return this.#pending.events;
  }

  #tell(problem: Failure): void {
    if (this.#hasTold) return;
    this.#hasTold = true;
    this.#onProblem(problem);
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

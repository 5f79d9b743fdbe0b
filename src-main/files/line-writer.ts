import { setImmediate, setTimeout } from "node:timers/promises";
import { appendLines } from "./append-lines.ts";
import { PendingLines, type GapWriter } from "./pending-lines.ts";

const BATCH_CHARACTERS = 256 * 1024;
const MOST_PENDING_CHARACTERS = 32 * 1024 * 1024;
const RETRY_MS = 1000;
const CLOSE_MS = 2000;

/** Settings of a {@link LineWriter}. */
export interface LineWriterOptions {
  /** Makes the line that stands for lines that were dropped because too many waited. */
  readonly gapOf: GapWriter;
  /** Called once, when a write fails for the first time. The writer goes on trying. */
  readonly onProblem?: ((path: string, error: Error) => void) | undefined;
  /** Bound on the length of the lines that wait, in characters. Default: 32 Mi. */
  readonly mostPendingCharacters?: number | undefined;
  /** Pause after a failed write. Default: 1000. */
  readonly retryMs?: number | undefined;
}

/**
 * Writes lines to files. It never blocks and never throws: lines wait in memory for the one writer, which keeps trying when the disk is
 * full, the folder cannot be written or the file is removed. When too many wait, the oldest give way to one that says how many they were.
 * For one thread; the writer keeps no process alive while it waits to try again.
 */
export class LineWriter {
  readonly #onProblem: (path: string, error: Error) => void;
  readonly #retryMs: number;
  readonly #pending: PendingLines;
  readonly #closing = new AbortController();
  #writing: Promise<void> | undefined;
  #closed: Promise<number> | undefined;
  #hasTold = false;

  constructor(options: LineWriterOptions) {
    this.#onProblem = options.onProblem ?? (() => {});
    this.#retryMs = options.retryMs ?? RETRY_MS;
    this.#pending = new PendingLines(options.mostPendingCharacters ?? MOST_PENDING_CHARACTERS, options.gapOf);
  }

  /** Takes down a line, which ends with a newline, and returns at once. After `close` it does nothing. */
  write(path: string, atMs: number, text: string): void {
    if (this.#closing.signal.aborted) return;
    this.#pending.add({ path, atMs, text });
    this.#writing ??= this.#writeAll();
  }

  /** Writes what still waits, for 2 s at most. Resolves to the number of lines that are not known to be in a file: 0 when all are. */
  close(): Promise<number> {
    this.#closed ??= this.#writeLast();
    return this.#closed;
  }

  async #writeAll(): Promise<void> {
    // A burst of lines makes one batch.
    await setImmediate();
    while (!this.#pending.isEmpty) {
      const isOver = this.#closing.signal.aborted;
      const isWritten = await this.#writeBatch();
      if (!isWritten) {
        if (isOver) break;
        await setTimeout(this.#retryMs, undefined, { ref: false, signal: this.#closing.signal }).catch(() => {});
      }
    }
    this.#writing = undefined;
  }

  async #writeBatch(): Promise<boolean> {
    const batch = this.#pending.take(BATCH_CHARACTERS);
    const path = batch[0]?.path ?? "";
    const { written, error } = await appendLines(
      path,
      batch.map(({ text }) => text),
    );
    this.#pending.settle(written);
    if (error) this.#tell(path, error);
    return !error;
  }

  async #writeLast(): Promise<number> {
    this.#closing.abort();
    const enough = new AbortController();
    const timeout = setTimeout(CLOSE_MS, undefined, { signal: enough.signal }).catch(() => {});
    await Promise.race([this.#writing, timeout]);
    enough.abort();
    return this.#pending.events;
  }

  #tell(path: string, error: Error): void {
    if (this.#hasTold) return;
    this.#hasTold = true;
    this.#onProblem(path, error);
  }
}

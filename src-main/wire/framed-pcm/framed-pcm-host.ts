import { failed, type Failure, type Outcome } from "../../../src-shared/failure.ts";
import type { ConversationEngine, ConversationOutput, ConversationState } from "../conversation-engine.ts";
import { retryWithBackoff, type RetryOptions } from "../retry-with-backoff.ts";
import { FramedPcmChild, type ChildOptions } from "./framed-pcm-child.ts";

/** What a host starts, and who is told. */
export interface FramedPcmHostOptions extends ChildOptions {
  readonly output: ConversationOutput;
  readonly onState?: (state: ConversationState) => void;
  /** Other attempts, or other waits between them, than those of {@link FramedPcmHost}. */
  readonly retry?: RetryOptions;
}

/** One start and three restarts; a child that worked for ten minutes is one more beginning. */
const RETRY: RetryOptions = { mostAttempts: 4, firstDelayMs: 500, longestDelayMs: 8_000, fineAfterMs: 600_000 };
const KEPT_LINES = 20;
const NO_COMMAND = failed("source-unreachable", "wire", "the command is empty, or has a zero byte in it");

/**
 * A conversation engine that is another program: starts it, lets it hear the microphone, and passes on what it says. A child that dies,
 * stalls, floods or writes garbage is stopped and started again, at most three times; then the host has failed. Codes:
 * source-unreachable (it could not be started, or ended before it was ready), source-lost (it ended), source-timeout (it did not get ready
 * in time, or gave no sound for what it heard), protocol-error (garbage, or a flood).
 */
export class FramedPcmHost implements ConversationEngine {
  readonly #options: FramedPcmHostOptions;
  readonly #abort = new AbortController();
  readonly #over: Promise<void>;
  readonly #lines: string[] = [];
  #child: FramedPcmChild | undefined;

  constructor(options: FramedPcmHostOptions) {
    this.#options = options;
    this.#over = this.#run();
  }

  hear(pcm: Float32Array): void {
    this.#child?.hear(pcm);
  }

  /** The last lines that children wrote to standard error or said as errors. What was said may be in them: not for logs. */
  get lastErrorLines(): readonly string[] {
    return this.#lines;
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#over;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    // Whoever made the host has it before it is told anything.
    await Promise.resolve();
    try {
      const retry = { ...RETRY, ...this.#options.retry };
      const run = async (): Promise<Outcome<never>> => ({ ok: false, failure: await this.#runChild(signal) });
      const outcome = this.#isStartable ? await retryWithBackoff(run, signal, retry) : NO_COMMAND;
      if (!outcome.ok) this.#tell({ kind: "failed", failure: outcome.failure });
    } catch (reason) {
      if (!signal.aborted) throw reason;
      this.#tell({ kind: "closed" });
    }
  }

  get #isStartable(): boolean {
    const { command, args } = this.#options;
    return command !== "" && !`${command}${args.join("")}`.includes("\0");
  }

  /** Resolves with why the child ended; throws when the host was closed. */
  async #runChild(signal: AbortSignal): Promise<Failure> {
    this.#tell({ kind: "starting" });
    const { output } = this.#options;
    const child = new FramedPcmChild(this.#options, {
      ready: () => this.#tell({ kind: "ready" }),
      audio: (pcm) => output.write(pcm),
      text: (piece) => output.text(piece),
      errorLine: (line) => this.#keep(line),
    });
    this.#child = child;
    const stop = (): void => child.stop();
    signal.addEventListener("abort", stop, { once: true });
    const failure = await child.ended;
    signal.removeEventListener("abort", stop);
    this.#child = undefined;
    signal.throwIfAborted();
    this.#tell({ kind: "interrupted", failure });
    return failure;
  }

  #keep(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
  }

  #tell(state: ConversationState): void {
    this.#options.onState?.(state);
  }
}

import type { Failure } from "../../../src-shared/failure.ts";
import { retryWithBackoff, type RetryOptions } from "../retry-with-backoff.ts";
import { FramedPcmChild, type ChildOptions } from "./framed-pcm-child.ts";

/** Where what a conversation engine says goes. */
export interface ConversationOutput {
  /** Mono samples at PLAYBACK_RATE_HZ in [-1, 1], any number, at the pace at which was heard. They may be kept. */
  write(pcm: Float32Array): void;
  /** A piece of what is said; a new word begins with a space. */
  text(piece: string): void;
}

/** How a host stands. `failed` and `closed` are final. */
export type HostState =
  | { readonly kind: "starting" }
  | { readonly kind: "ready" }
  /** The child is gone, because of this. Either another one is `starting` soon, or the host has `failed`. */
  | { readonly kind: "interrupted"; readonly failure: Failure }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "closed" };

/** What a host starts, and who is told. */
export interface FramedPcmHostOptions extends ChildOptions {
  readonly output: ConversationOutput;
  readonly onState?: (state: HostState) => void;
  /** Other attempts, or other waits between them, than those of {@link FramedPcmHost}. */
  readonly retry?: RetryOptions;
}

/** One start and three restarts. */
const RETRY: RetryOptions = { mostAttempts: 4, firstDelayMs: 500, longestDelayMs: 8_000 };
const KEPT_LINES = 20;

/**
 * A conversation engine that is another program: starts it, lets it hear the microphone, and passes on what it says. A child that dies,
 * stalls, floods or writes garbage is stopped and started again, at most three times; then the host has failed. Codes:
 * source-unreachable (it could not be started, or ended before it was ready), source-lost (it ended), source-timeout (it did not get ready
 * in time, or gave no sound for what it heard), protocol-error (garbage, or a flood).
 */
export class FramedPcmHost {
  readonly #options: FramedPcmHostOptions;
  readonly #abort = new AbortController();
  readonly #over: Promise<void>;
  readonly #lines: string[] = [];
  #child: FramedPcmChild | undefined;

  constructor(options: FramedPcmHostOptions) {
    this.#options = options;
    this.#over = this.#run();
  }

  /** Mono samples at CAPTURE_RATE_HZ in [-1, 1], any number. What comes while no child is ready is not kept. Never blocks. */
  hear(pcm: Float32Array): void {
    this.#child?.hear(pcm);
  }

  /** The last lines that children wrote to standard error or said as errors. What was said may be in them: not for logs. */
  get lastErrorLines(): readonly string[] {
    return this.#lines;
  }

  /** Stops the child and resolves once it is gone. */
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
      const outcome = await retryWithBackoff(
        async () => ({ ok: false, failure: await this.#runChild(signal) }),
        signal,
        retry,
      );
      if (!outcome.ok) this.#tell({ kind: "failed", failure: outcome.failure });
    } catch (reason) {
      if (!signal.aborted) throw reason;
      this.#tell({ kind: "closed" });
    }
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

  #tell(state: HostState): void {
    this.#options.onState?.(state);
  }
}

import { Worker, type Transferable } from "node:worker_threads";
import { failed, type Failure, type FailureCode, type FailureStage, type Outcome } from "../../src-shared/failure.ts";
import type { EngineLoad, EngineMessage, EngineReport } from "./engine-host.ts";

const MOST_RESTARTS = 5;
/** A worker that ran this long without a crash has earned its restarts back. */
const STABLE_MS = 60_000;
const CLOSE_TIMEOUT_MS = 2_000;
/** Engines keep their data outside the JavaScript heap; with the default each worker would hold 50 MB of garbage before it cleans up. */
const YOUNG_GENERATION_MB = 4;

/** Which engine to run, and how its failures are called. */
export interface EngineWorkerOptions {
  /** Name of the thread, for diagnostics. */
  readonly name: string;
  /** Module that calls `hostEngine`. */
  readonly url: URL;
  /** Given to the engine's `load`. */
  readonly data: unknown;
  readonly stage: FailureStage;
  /** Code of the failure when the worker crashes. */
  readonly crashCode: FailureCode;
}

interface Job<Request, Response> {
  readonly id: number;
  readonly request: Request;
  readonly transfer: readonly Transferable[];
  readonly resolve: (outcome: Outcome<Response>) => void;
  /** Takes the job's abort listener away. */
  readonly release: () => void;
}

/**
 * One engine in one long-lived worker thread, seen from the main thread. Loading starts with the constructor. Requests run one at a time,
 * first come first served. When the worker crashes, the running request fails and the worker is started again, at most 5 times; after that,
 * or when a model cannot be loaded, every request answers with that failure.
 */
export class EngineWorker<Request, Response> {
  /** The outcome of the first loading. */
  readonly ready: Promise<Outcome<EngineLoad>>;
  readonly #options: EngineWorkerOptions;
  readonly #settleReady: (outcome: Outcome<EngineLoad>) => void;
  readonly #queue: Job<Request, Response>[] = [];
  #running: Job<Request, Response> | undefined;
  #worker: Worker;
  #loaded = false;
  #broken: Failure | undefined;
  #closing: Promise<void> | undefined;
  #lastId = 0;
  #restarts = 0;
  #startedAtMs = 0;

  constructor(options: EngineWorkerOptions) {
    this.#options = options;
    const ready = Promise.withResolvers<Outcome<EngineLoad>>();
    this.ready = ready.promise;
    this.#settleReady = ready.resolve;
    this.#worker = this.#start();
  }

  /**
   * Asks the engine. Aborting drops a request that waits and interrupts one that runs; the promise then rejects with the signal's reason.
   * `transfer`: buffers of the request that the caller gives away.
   */
  request(request: Request, signal?: AbortSignal, transfer: readonly Transferable[] = []): Promise<Outcome<Response>> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (this.#broken) return Promise.resolve({ ok: false, failure: this.#broken });
    if (this.#closing) return Promise.resolve(this.#crash("closed"));
    const { promise, resolve, reject } = Promise.withResolvers<Outcome<Response>>();
    const id = ++this.#lastId;
    const abort = (): void => {
      this.#abort(id);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#queue.push({ id, request, transfer, resolve, release: () => signal?.removeEventListener("abort", abort) });
    this.#next();
    return promise;
  }

  /** Ends the thread after what runs; whatever still waits answers with a failure. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #start(): Worker {
    this.#startedAtMs = performance.now();
    this.#loaded = false;
    const worker = new Worker(this.#options.url, {
      workerData: this.#options.data,
      name: this.#options.name,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    let reason = "ended";
    worker.on("message", (message: EngineReport<Response>) => this.#receive(message));
    worker.on("error", (error) => {
      reason = describeCrash(error);
    });
    worker.on("exit", () => this.#ended(reason));
    return worker;
  }

  #post(message: EngineMessage<Request>, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: EngineReport<Response>): void {
    if (message.kind === "loaded") {
      this.#settleReady(message.outcome);
      if (message.outcome.ok) {
        this.#loaded = true;
        this.#next();
      } else this.#break(message.outcome.failure);
      return;
    }
    const job = this.#running;
    if (job?.id !== message.id) return;
    this.#running = undefined;
    job.release();
    job.resolve(message.outcome);
    this.#next();
  }

  #next(): void {
    if (!this.#loaded || this.#running) return;
    this.#running = this.#queue.shift();
    if (!this.#running) return;
    const { id, request, transfer } = this.#running;
    this.#post({ kind: "request", id, request }, transfer);
  }

  #abort(id: number): void {
    const waiting = this.#queue.findIndex((job) => job.id === id);
    if (waiting >= 0) this.#queue.splice(waiting, 1);
    else if (this.#running?.id === id) this.#post({ kind: "abort", id });
  }

  #ended(reason: string): void {
    if (this.#broken || this.#closing) return;
    const crash = this.#crash(reason);
    this.#running?.release();
    this.#running?.resolve(crash);
    this.#running = undefined;
    if (performance.now() - this.#startedAtMs > STABLE_MS) this.#restarts = 0;
    if (this.#restarts === MOST_RESTARTS) {
      this.#settleReady(crash);
      this.#break({ ...crash.failure, retryable: false });
      return;
    }
    this.#restarts += 1;
    this.#worker = this.#start();
  }

  #break(failure: Failure): void {
    this.#broken = failure;
    for (const job of this.#queue.splice(0)) {
      job.release();
      job.resolve({ ok: false, failure });
    }
  }

  #crash(reason: string): Outcome<never> & { readonly ok: false } {
    const outcome = failed(
      this.#options.crashCode,
      this.#options.stage,
      `${this.#options.name} worker ${reason}`,
      true,
    );
    return outcome as Outcome<never> & { readonly ok: false };
  }

  async #close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const worker = this.#worker;
    if (worker.threadId === -1) resolve();
    worker.once("exit", () => resolve());
    this.#post({ kind: "close" });
    const timer = setTimeout(() => void worker.terminate(), CLOSE_TIMEOUT_MS);
    await promise;
    clearTimeout(timer);
    const closed = this.#crash("closed");
    this.#settleReady(closed);
    this.#running?.release();
    this.#running?.resolve(closed);
    this.#running = undefined;
    this.#break(closed.failure);
  }
}

/** Names an error and where it came from, without its message, which could hold what the user said. */
function describeCrash(error: unknown): string {
  if (!(error instanceof Error)) return "crashed";
  const { code } = error as NodeJS.ErrnoException;
  const place = error.stack?.split("\n").find((line) => line.trimStart().startsWith("at "));
  return ["crashed:", error.name, code, place?.trim()].filter((part) => part !== undefined).join(" ");
}

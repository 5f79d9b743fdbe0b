import { parentPort, workerData } from "node:worker_threads";
import { succeeded, type Outcome } from "../../src-shared/failure.ts";

/** An engine inside its worker thread: one request at a time. */
export interface Engine<Request, Response> {
  /** Answers one request. Ends early, with any outcome, once `signal` is aborted. What it throws is a bug and ends the worker. */
  answer(request: Request, signal: AbortSignal): Promise<Outcome<Response>>;
  close?(): Promise<void>;
}

/** How an engine's loading went. */
export interface EngineLoad {
  /** From the start of the worker's own code to ready: reading, checking, loading and warming up. */
  readonly loadMs: number;
}

/** Main thread to worker. */
export type EngineMessage<Request> =
  | { readonly kind: "request"; readonly id: number; readonly request: Request }
  | { readonly kind: "abort"; readonly id: number }
  | { readonly kind: "close" };

/** Worker to main thread. */
export type EngineReport<Response> =
  | { readonly kind: "loaded"; readonly outcome: Outcome<EngineLoad> }
  | { readonly kind: "answer"; readonly id: number; readonly outcome: Outcome<Response> };

/**
 * Runs an engine in this worker thread: loads it at once and answers requests until the main thread closes it. Requests arrive one at a
 * time, so there is no queue here. `load` gets the worker's data.
 */
export async function hostEngine<Data, Request, Response>(
  load: (data: Data) => Promise<Outcome<Engine<Request, Response>>>,
): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error("an engine runs in a worker thread");
  const startedAtMs = performance.now();
  const report = (message: EngineReport<Response>): void => port.postMessage(message);
  const loaded = await load(workerData as Data);
  if (!loaded.ok) {
    report({ kind: "loaded", outcome: loaded });
    port.close();
    return;
  }
  const engine = loaded.value;
  let current: { readonly id: number; readonly abort: AbortController } | undefined;
  let answering: Promise<void> = Promise.resolve();
  const answer = async (id: number, request: Request): Promise<void> => {
    current = { id, abort: new AbortController() };
    const outcome = await engine.answer(request, current.abort.signal);
    current = undefined;
    report({ kind: "answer", id, outcome });
  };
  const close = async (): Promise<void> => {
    await answering;
    await engine.close?.();
    port.close();
  };
  port.on("message", (message: EngineMessage<Request>) => {
    switch (message.kind) {
      case "request":
        answering = answer(message.id, message.request);
        return;
      case "abort":
        if (current?.id === message.id) current.abort.abort();
        return;
      case "close":
        void close();
        return;
    }
  });
  report({ kind: "loaded", outcome: succeeded({ loadMs: performance.now() - startedAtMs }) });
}

import {
  failed,
  failure,
  succeeded,
  type Failure,
  type FailureStage,
  type Outcome,
} from "../../../src-shared/failure.ts";
import { connectionFailure } from "../connection-failure.ts";
import type { Endpoint } from "./endpoint.ts";

/** What to ask an endpoint. */
export interface Question {
  /** Below the base, like `/audio/speech`. */
  readonly path: string;
  readonly contentType: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** Where the answer is needed, for failures. */
  readonly stage: FailureStage;
}

/** An answer whose body is still to come. */
export interface OpenAnswer {
  /** Host and port, for failures. */
  readonly host: string;
  /** Lower case, parameters included; empty where the answer does not say. */
  readonly contentType: string;
  /**
   * The next bytes; undefined at the end. Codes: source-timeout after `timeoutMs`, source-lost. Throws the signal's reason when aborted. After
   * a failure there is nothing more.
   */
  next(timeoutMs: number): Promise<Outcome<Uint8Array | undefined>>;
  /** Hangs up, unless the answer is over. */
  close(): void;
}

/**
 * Asks an endpoint and waits for the beginning of its answer. Codes: source-unreachable, source-refused (retryable for 429 and 5xx),
 * source-timeout. Throws the signal's reason when aborted. Failures name the host, never the key, and repeat nothing that the server says,
 * because it may repeat what was said.
 */
export async function openAnswer(
  endpoint: Endpoint,
  question: Question,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Outcome<OpenAnswer>> {
  signal.throwIfAborted();
  const url = urlOf(endpoint, question.path);
  if (!url) return failed("source-unreachable", "wire", "the address is not one of http:// or https://");
  const connection = new Connection(signal);
  const started = await connection.within(timeoutMs, start(url, endpoint, question, connection.signal));
  signal.throwIfAborted();
  const { stage } = question;
  if (started === "too late") {
    return failed("source-timeout", stage, `${url.host} did not answer within ${timeoutMs / 1000} s`, true);
  }
  if (started instanceof Error) return { ok: false, failure: connectionFailure(started, url.host) };
  if (!started.ok) {
    connection.close();
    return { ok: false, failure: refusal(started.status, url.host, stage, endpoint) };
  }
  return succeeded(answerOf(started, url.host, stage, connection, signal));
}

/** One exchange with a server, which can be broken off. */
class Connection {
  readonly signal: AbortSignal;
  readonly #abort = new AbortController();

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#abort.signal]);
  }

  close(): void {
    this.#abort.abort();
  }

  /** What the promise gives or is rejected with; it is broken off when it takes too long. */
  async within<T>(timeoutMs: number, promise: Promise<T>): Promise<T | Error | "too late"> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.close();
    }, timeoutMs);
    try {
      return await promise;
    } catch (error) {
      if (isLate) return "too late";
      return error instanceof Error ? error : new Error("unknown");
    } finally {
      clearTimeout(timer);
    }
  }
}

async function start(
  url: URL,
  { apiKey }: Endpoint,
  { body, contentType }: Question,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(url, {
    method: "POST",
    signal,
    headers: {
      "accept-encoding": "identity",
      ...(apiKey && { authorization: `Bearer ${apiKey}` }),
      "content-type": contentType,
    },
    body,
  });
}

function answerOf(
  response: Response,
  host: string,
  stage: FailureStage,
  connection: Connection,
  signal: AbortSignal,
): OpenAnswer {
  const reader = response.body?.getReader();
  return {
    host,
    contentType: (response.headers.get("content-type") ?? "").toLowerCase(),
    async next(timeoutMs) {
      if (!reader) return succeeded(undefined);
      const turn = await connection.within(timeoutMs, reader.read());
      signal.throwIfAborted();
      if (turn === "too late")
        return failed("source-timeout", stage, `${host} sent nothing for ${Math.round(timeoutMs) / 1000} s`, true);
      if (turn instanceof Error) return failed("source-lost", stage, `${host} broke off its answer`, true);
      return succeeded(turn.done ? undefined : turn.value);
    },
    close: () => connection.close(),
  };
}

function refusal(status: number, host: string, stage: FailureStage, { apiKey }: Endpoint): Failure {
  const isRetryable = status === 429 || status >= 500;
  return failure("source-refused", stage, `${host} ${meaningOf(status, Boolean(apiKey))} (${status})`, isRetryable);
}

function meaningOf(status: number, hasKey: boolean): string {
  if (status === 401) return hasKey ? "does not accept the key" : "wants a key";
  if (status === 403) return "does not allow this";
  if (status === 404) return "has nothing at that address, or not that model";
  if (status === 429) return "takes no more requests now";
  return status >= 500 ? "failed to do it" : "refused the request";
}

function urlOf({ baseUrl }: Endpoint, path: string): URL | undefined {
  const url = URL.parse(baseUrl.trim());
  if (!url || !/^https?:$/.test(url.protocol)) return undefined;
  const base = url.pathname.replace(/\/+$/, "");
  url.pathname = `${base === "" ? "/v1" : base}${path}`;
  url.hash = "";
  return url;
}

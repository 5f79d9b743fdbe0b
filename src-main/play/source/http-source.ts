import { failed, failure, FailureError, succeeded, type Outcome } from "../../../src-shared/failure.ts";
import type { StreamEncoding } from "../decode/stream-decoder.ts";
import type { ByteSource, OpenSource } from "./byte-source.ts";
import { chunkFlow, type ChunkPull } from "./chunk-flow.ts";
import { connectionFailure } from "./connection-failure.ts";
import { inSeconds } from "./in-seconds.ts";
import { oneLine, serverMessage } from "./server-message.ts";
import { parseWebAddress, type WebAddress } from "./web-address.ts";
import { TIME_IS_UP, withinTime } from "./within-time.ts";

const TIMEOUT_MS = 10_000;
/** An error body is read up to this many bytes. */
const MOST_ERROR_BYTES = 16_384;
const NOT_AUDIO = /^(?:text|image|font)\/|^application\/(?:.*[+-])?(?:json|xml|javascript|pdf|zip)$/;

/** What to ask a server for. */
export interface HttpRequest {
  /** http or https. A user name and password in it are sent as a header. */
  readonly url: string;
  /** GET without a body, else POST. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** How to treat the answer. */
export interface HttpSourceOptions {
  /** Longest wait for the headers of the answer, 10 s unless told. */
  readonly connectTimeoutMs?: number;
  /** Longest wait for more bytes in mid-stream, 10 s unless told. */
  readonly idleTimeoutMs?: number;
  /** Names the encoding of a content type ("audio/mpeg; codecs=mp3"), lower case. */
  readonly encodingOfContentType?: (contentType: string) => StreamEncoding | undefined;
  /** What an error status means here ("wants a key"), to follow the host's name. */
  readonly meaningOfStatus?: (status: number) => string | undefined;
  /** What the server's own messages must not repeat, beside the credentials: what the user said. */
  readonly unspeakable?: readonly string[];
}

/**
 * Audio from an HTTP server, streamed: no more than the network's own buffers is read ahead. Redirects are followed. Codes:
 * source-unreachable, source-refused (an error status, or an answer that cannot be audio), source-timeout; in mid-stream source-timeout,
 * source-lost. Failures name the host and never hold credentials.
 */
export class HttpSource implements ByteSource {
  readonly name: string;
  readonly #address: WebAddress | undefined;
  readonly #request: HttpRequest;
  readonly #options: HttpSourceOptions;

  constructor(request: HttpRequest, options: HttpSourceOptions = {}) {
    this.#address = parseWebAddress(request.url, ["http:", "https:"]);
    this.name = this.#address?.host ?? "a server";
    this.#request = request;
    this.#options = options;
  }

  async open(signal: AbortSignal): Promise<Outcome<OpenSource>> {
    signal.throwIfAborted();
    const address = this.#address;
    if (!address) return failed("source-unreachable", "input", "the address is not one of http:// or https://");
    const connection = new AbortController();
    let isOpen = false;
    try {
      const timeoutMs = this.#options.connectTimeoutMs ?? TIMEOUT_MS;
      const response = await withinTime(this.#fetch(address, connection.signal), timeoutMs, signal);
      if (response === TIME_IS_UP)
        return failed("source-timeout", "input", `${this.name} did not answer within ${inSeconds(timeoutMs)}`, true);
      const refusal = await this.#refusalOf(response, timeoutMs, signal);
      if (refusal !== undefined)
        return failed("source-refused", "input", refusal, response.status === 429 || response.status >= 500);
      isOpen = true;
      return succeeded(this.#opened(response, connection, signal));
    } catch (error) {
      signal.throwIfAborted();
      return { ok: false, failure: connectionFailure(error, this.name) };
    } finally {
      if (!isOpen) connection.abort();
    }
  }

  #fetch(address: WebAddress, signal: AbortSignal): Promise<Response> {
    const { body, method = body === undefined ? "GET" : "POST", headers } = this.#request;
    return fetch(address.href, {
      method,
      signal,
      headers: {
        accept: "audio/*, */*;q=0.5",
        "accept-encoding": "identity",
        ...(address.authorization !== undefined && { authorization: address.authorization }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** Why the answer is no audio, for people, or undefined. */
  async #refusalOf(response: Response, timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
    const { status, statusText } = response;
    const contentType = mediaTypeOf(response);
    if (response.ok && !NOT_AUDIO.test(contentType)) return undefined;
    const body = await withinTime(readStart(response), timeoutMs, signal).catch(() => "");
    signal.throwIfAborted();
    const message = serverMessage(body === TIME_IS_UP ? "" : body, this.#unspeakable());
    const meaning = this.#options.meaningOfStatus?.(status);
    const what = response.ok
      ? `${this.name} sent ${oneLine(contentType)} where audio was expected`
      : meaning === undefined
        ? `${this.name} answered ${oneLine(`${status} ${statusText}`)}`
        : `${this.name} ${meaning} (${status})`;
    return message === undefined ? what : `${what}: ${message}`;
  }

  #unspeakable(): readonly string[] {
    const { headers = {} } = this.#request;
    const sent = Object.values(headers).map((value) => value.replace(/^bearer /i, ""));
    return [...sent, ...(this.#address?.secrets ?? []), ...(this.#options.unspeakable ?? [])];
  }

  #opened(response: Response, connection: AbortController, signal: AbortSignal): OpenSource {
    const { idleTimeoutMs = TIMEOUT_MS, encodingOfContentType } = this.#options;
    const totalBytes = lengthOf(response);
    const contentType = (response.headers.get("content-type") ?? "").toLowerCase();
    const declaredEncoding = contentType === "" ? undefined : encodingOfContentType?.(contentType);
    const pull = pullBody(response, connection, this.name, totalBytes);
    return {
      chunks: chunkFlow(pull, { name: this.name, signal, idleTimeoutMs }),
      ...(totalBytes !== undefined && { totalBytes }),
      ...(declaredEncoding !== undefined && { declaredEncoding }),
    };
  }
}

function pullBody(response: Response, connection: AbortController, host: string, totalBytes?: number): ChunkPull {
  const reader = response.body?.getReader();
  let receivedBytes = 0;
  const lost = (): FailureError => {
    const of = totalBytes === undefined ? "" : ` of ${totalBytes}`;
    const detail = `${host} broke off after ${receivedBytes}${of} bytes`;
    return new FailureError(failure("source-lost", "input", detail, true));
  };
  return {
    async next() {
      const turn = await reader?.read().catch(() => {
        throw lost();
      });
      if (turn === undefined || turn.done) {
        if (totalBytes !== undefined && receivedBytes < totalBytes) throw lost();
        return undefined;
      }
      receivedBytes += turn.value.length;
      return turn.value;
    },
    close() {
      connection.abort();
    },
  };
}

/** The first bytes of a body as text. */
async function readStart(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let body = "";
  for (let turn = await reader?.read(); turn?.value; turn = await reader?.read()) {
    body += decoder.decode(turn.value, { stream: true });
    if (body.length > MOST_ERROR_BYTES) break;
  }
  return body;
}

/** The type and subtype, lower case; empty where the answer does not say. */
function mediaTypeOf(response: Response): string {
  return (response.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** The declared length, where it counts the bytes that will come out. */
function lengthOf({ headers, body }: Response): number | undefined {
  const declared = headers.get("content-length");
  const encoding = headers.get("content-encoding") ?? "identity";
  return declared !== null && /^\d+$/.test(declared) && encoding === "identity" && body ? Number(declared) : undefined;
}

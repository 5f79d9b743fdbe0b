import type { IncomingHttpHeaders } from "node:http";
import type { ServerSocket, ServerSocketOptions } from "./server-socket.ts";

/**
 * Where a route looks for the key of who asks. Only the first place that holds something counts, right or wrong.
 * - `none`: the route is for everyone, even where keys are set.
 * - `moshi`: header `kyutai-api-key`, else query `auth_id`.
 * - `moshi-header`: header `kyutai-api-key` alone.
 * - `bearer`: header `Authorization: Bearer …`.
 * - `any`: header `Authorization: Bearer …`, else header `kyutai-api-key`, else query `auth_id`, else query `worker_auth_id`, which is what Moshi's page
 *   sends: for protocols that have no keys of their own.
 *
 * Without keys in the server every route is for everyone.
 */
export type Access = "none" | "moshi" | "moshi-header" | "bearer" | "any";

/** Why the server itself turns a request away. */
export type RefusalReason =
  /** 401: no key, or a wrong one. */
  | "unauthorized"
  /** 403: a page of another origin, where no keys are set. */
  | "forbidden"
  /** 400: the request is malformed. */
  | "bad-request"
  /** 404: there is nothing here. */
  | "not-found"
  /** 405: not with this method. */
  | "wrong-method"
  /** 413: the body is too long. */
  | "too-long"
  /** 426: only by WebSocket. */
  | "upgrade-required"
  /** 503: as many sessions as are allowed are running. */
  | "busy"
  /** 503: the server is about to end. */
  | "ending"
  /** 500: something failed here. */
  | "failed";

/** Words a refusal as the clients of a protocol expect it. */
export type RefusalWording = (reason: RefusalReason, detail?: string) => HttpAnswer;

/** Thrown while a request is answered: turned away in the words of the route. `message`, if any, is shown to who asked. */
export class Refusal extends Error {
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason, detail = "") {
    super(detail);
    this.name = "Refusal";
    this.reason = reason;
  }
}

/** A request as a route sees it. */
export interface HttpRequest {
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The segment that the `*` of the route's path stands for, decoded; else empty. */
  readonly segment: string;
  /** Aborted when who asked has gone, or the server ends at once. */
  readonly signal: AbortSignal;
  /** The body piece by piece, once. Throws a {@link Refusal} `too-long` at the limit. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The body as a whole. Throws a {@link Refusal} `too-long` at the limit. */
  readBody(): Promise<Uint8Array>;
}

/** An answer. A body that is iterable is sent as it is made, never faster than it is read; its first piece comes before the status does. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** Something the server answers by HTTP. */
export interface HttpRoute {
  /** HEAD is answered as GET, without the body. */
  readonly method: "GET" | "POST";
  /** Compared as it is; a last segment `*` stands for any one segment. */
  readonly path: string;
  readonly access: Access;
  /** `plainRefusal` unless told. */
  readonly refuse?: RefusalWording;
  /** Whether an answer takes an engine's time and so counts among the sessions. */
  readonly isSession?: boolean;
  /** Longest body in bytes; the server's own limit unless told. */
  readonly mostBodyBytes?: number;
  /** A {@link Refusal} that is thrown is worded by `refuse`; anything else is a 500 of the same wording. */
  answer(request: HttpRequest): Promise<HttpAnswer> | HttpAnswer;
}

/** The request that opened a WebSocket. */
export interface SocketRequest {
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** Something the server speaks by WebSocket. */
export interface SocketRoute {
  /** Compared as it is. */
  readonly path: string;
  readonly access: Access;
  /** `plainRefusal` unless told. */
  readonly refuse?: RefusalWording;
  /** Limits and times of the sockets; the server's own unless told. */
  readonly socket?: Partial<ServerSocketOptions>;
  /** Looks at the query before the key and the upgrade. A {@link Refusal} that is thrown is the answer. */
  check?(request: SocketRequest): void;
  /** Says in the protocol's own words that too many sessions are running and closes; without it the upgrade is refused with 503. */
  busy?(socket: ServerSocket, request: SocketRequest): void;
  /** Holds a session. One that throws or rejects is closed with 1011. The session counts until the socket is closed. */
  open(socket: ServerSocket, request: SocketRequest): void | Promise<void>;
}

/** The server side of one protocol, ready to be mounted. */
export interface ServedProtocol {
  /** In metrics and logs, like `moshi-stt`. */
  readonly name: string;
  readonly httpRoutes: readonly HttpRoute[];
  readonly socketRoutes: readonly SocketRoute[];
  /** Entries for `/api/modules_info`. */
  modulesInfo?(): readonly Readonly<Record<string, string>>[];
}

/** An answer in JSON. */
export function jsonAnswer(value: unknown, status = 200): HttpAnswer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

import { failure, type Failure } from "../../src-shared/failure.ts";

const TIMEOUTS = ["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT"];
const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refuses connections: is the server running?",
  ENOTFOUND: "has a name that nobody knows",
  EAI_AGAIN: "could not be looked up: is the network up?",
  EHOSTUNREACH: "is out of reach: there is no way to that host",
  ENETUNREACH: "is out of reach: is the network up?",
  ECONNRESET: "closed the connection before it answered",
  EPIPE: "closed the connection before it answered",
  UND_ERR_SOCKET: "closed the connection before it answered",
};
/** Waiting changes nothing about these. */
const LASTING = /CERT|SSL|TLS|SIGNATURE|SIGNED|EPROTO|^HPE_|ENOTFOUND/;

/**
 * Why a connection to `host` could not be made: source-unreachable, or source-timeout where the network gave up. Takes what `ws` or `fetch`
 * threw; its message is never passed on, because it may hold an address with a key.
 */
export function connectionFailure(error: unknown, host: string): Failure {
  const code = codeOf(error);
  if (TIMEOUTS.includes(code)) return failure("source-timeout", "wire", `${host} did not answer in time`, true);
  const cause = CAUSES[code] ?? `cannot be reached${code === "" ? "" : ` (${code})`}`;
  return failure("source-unreachable", "wire", `${host} ${cause}`, !LASTING.test(code));
}

/** The code of the innermost cause; of several attempts, one for each address of a host, the first. */
function codeOf(error: unknown): string {
  let cause = error;
  for (let depth = 0; depth < 5 && cause instanceof Error; depth++) {
    if (cause instanceof AggregateError && cause.errors.length > 0) cause = cause.errors[0];
    else if (cause.cause instanceof Error) cause = cause.cause;
    else break;
  }
  const code = cause instanceof Error ? (cause as { code?: unknown }).code : undefined;
  return typeof code === "string" && /^[A-Z][A-Z0-9_]+$/.test(code) ? code : "";
}

import { failure, type Failure } from "../../../src-shared/failure.ts";

/** What a connection that could not be made was up against, by the code of Node, of OpenSSL or of the HTTP client. */
const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refuses connections: is the server running?",
  EAI_AGAIN: "could not be looked up: is the network up?",
  EHOSTUNREACH: "is out of reach: there is no way to that host",
  ENETUNREACH: "is out of reach: is the network up?",
  EHOSTDOWN: "is down",
  ECONNRESET: "closed the connection before it answered",
  EPIPE: "closed the connection before it answered",
  UND_ERR_SOCKET: "closed the connection before it answered",
  CERT_HAS_EXPIRED: "has an expired certificate",
  CERT_NOT_YET_VALID: "has a certificate that is not valid yet: is this machine's clock right?",
  CERT_REVOKED: "has a revoked certificate",
  DEPTH_ZERO_SELF_SIGNED_CERT: "has a self-signed certificate, which is not trusted",
  SELF_SIGNED_CERT_IN_CHAIN: "has a certificate of an authority that is not trusted here",
  UNABLE_TO_GET_ISSUER_CERT: "has a certificate of an authority that is not known here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "has a certificate of an authority that is not known here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "has a certificate of an authority that is not known here",
  ERR_TLS_CERT_ALTNAME_INVALID: "has a certificate for another host",
};

const TIMEOUTS = ["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT"];

/**
 * Why a connection to `host` could not be made, in plain words: source-unreachable, or source-timeout where the network itself gave up.
 * Takes what `fetch` or `ws` threw; its own message is never passed on, because it may hold an address with a key. Pure.
 */
export function connectionFailure(error: unknown, host: string): Failure {
  const { code, name, message, hostname } = rootCause(error);
  if (TIMEOUTS.includes(code)) return failure("source-timeout", "input", `${host} did not answer in time`, true);
  const unreachable = (what: string, isRetryable = true): Failure =>
    failure("source-unreachable", "input", what, isRetryable);
  if (code === "ENOTFOUND") return unreachable(`there is no host of the name ${hostname ?? host}`);
  const cause = CAUSES[code];
  if (cause !== undefined) return unreachable(`${host} ${cause}`, !/CERT|SSL|SIGN/.test(code));
  if (name === "HTTPParserError" || code.startsWith("HPE_") || code === "UND_ERR_HEADERS_OVERFLOW")
    return unreachable(`${host} does not speak HTTP`, false);
  if (/wrong version number|packet length too long/.test(message))
    return unreachable(`${host} does not speak TLS: try it without the s of https or wss`, false);
  if (code === "EPROTO" || code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_"))
    return unreachable(`${host} and this machine found no common way to encrypt (${code})`, false);
  if (message === "bad port") return unreachable(`${host} has a port that may not be fetched from`, false);
  if (/redirect/.test(message)) return unreachable(`${host} redirects without end`, false);
  return unreachable(`${host} cannot be reached${/^[A-Z][A-Z0-9_]+$/.test(code) ? ` (${code})` : ""}`);
}

/** The innermost cause; of several attempts (one per address of a host) the first. */
function rootCause(error: unknown): { code: string; name: string; message: string; hostname: string | undefined } {
  let cause = error;
  for (let depth = 0; depth < 5 && cause instanceof Error; depth++) {
    if (cause instanceof AggregateError && cause.errors.length > 0) cause = cause.errors[0];
    else if (cause.cause instanceof Error) cause = cause.cause;
    else break;
  }
  if (!(cause instanceof Error)) return { code: "", name: "", message: "", hostname: undefined };
  const { code, hostname } = cause as { code?: unknown; hostname?: unknown };
  return {
    code: typeof code === "string" ? code : "",
    name: cause.name,
    message: cause.message,
    hostname: typeof hostname === "string" ? hostname : undefined,
  };
}

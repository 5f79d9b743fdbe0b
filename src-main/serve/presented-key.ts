import type { IncomingHttpHeaders } from "node:http";
import type { Access } from "../wire/route.ts";

const MOSHI_HEADER = "kyutai-api-key";

/** The one key that a request presents, by the places in which a route looks: see {@link Access}. Pure. */
export function presentedKey(
  access: Exclude<Access, "none">,
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
): string | undefined {
  const moshiHeader = headers[MOSHI_HEADER];
  const header = Array.isArray(moshiHeader) ? moshiHeader[0] : moshiHeader;
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
  const inQuery = query.get("auth_id") ?? undefined;
  const fromPage = query.get("worker_auth_id") ?? undefined;
  switch (access) {
    case "moshi":
      return header ?? inQuery;
    case "moshi-header":
      return header;
    case "bearer":
      return bearer;
    case "any":
      return headers.authorization === undefined ? (header ?? inQuery ?? fromPage) : bearer;
  }
}

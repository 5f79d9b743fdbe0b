import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import type { Access, RefusalReason } from "../wire/route.ts";
import type { AccessKeys } from "./access-keys.ts";
import { presentedKey } from "./presented-key.ts";

/**
 * Why who asks is not let in; undefined when they are. With keys: the key must be right. Without: a page of another origin, which any
 * browser on this machine may have open, is turned away, whatever name it has made this machine's address go by. Pure.
 */
export function refusalToAdmit(
  access: Access,
  keys: AccessKeys,
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
): RefusalReason | undefined {
  if (!keys.areSet) return isForeignPage(headers) ? "forbidden" : undefined;
  if (access === "none") return undefined;
  return keys.admits(presentedKey(access, headers, query)) ? undefined : "unauthorized";
}

function isForeignPage({ origin, host = "" }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return false;
  const page = URL.parse(origin);
  if (!page || page.host !== URL.parse(`${page.protocol}//${host}`)?.host) return true;
  const name = page.hostname.replace(/^\[(.*)\]$/, "$1");
  return name !== "localhost" && isIP(name) === 0;
}

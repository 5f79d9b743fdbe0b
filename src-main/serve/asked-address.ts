import type { IncomingMessage } from "node:http";

/** What a request asks for: the path as it is, still encoded, and the query. */
export interface AskedAddress {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Path and query of a request; undefined where the query is not UTF-8 in percent signs. Pure. */
export function askedAddress({ url = "/" }: Pick<IncomingMessage, "url">): AskedAddress | undefined {
  const cut = url.indexOf("?");
  const query = cut < 0 ? "" : url.slice(cut + 1);
  try {
    decodeURIComponent(query);
  } catch {
    return undefined;
  }
  return { path: cut < 0 ? url : url.slice(0, cut), query: new URLSearchParams(query) };
}

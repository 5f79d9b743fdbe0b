/** Where a moshi-server is, and who asks. */
export interface MoshiServerAddress {
  /** Of the server, like `ws://host:8080`, or of the path itself; a query in it is kept. */
  readonly url: string;
  /** Sent as `kyutai-api-key`; none when empty. */
  readonly apiKey?: string;
  /** Longest wait for the connection and for `Ready`, each. 5 s unless told. */
  readonly connectTimeoutMs?: number;
}

/** The address of `path`, unless `url` has a path of its own; undefined when it is no address. */
export function addressOf(url: string, path: string): URL | undefined {
  const address = URL.parse(url) ?? undefined;
  if (address?.pathname === "/") address.pathname = path;
  return address;
}

/** What shows a moshi-server who asks. */
export function keyHeaders({ apiKey = "" }: Pick<MoshiServerAddress, "apiKey">): Record<string, string> {
  return apiKey === "" ? {} : { "kyutai-api-key": apiKey };
}

/** A value of a query that is shorter is no key. */
const SHORTEST_SECRET = 8;

/** An address without its credentials, and what of it must never be shown. */
export interface WebAddress {
  /** Host and port, for people. */
  readonly host: string;
  /** Without user name, password and fragment. */
  readonly href: string;
  /** Value of an authorization header, where the address carries a user name or password. */
  readonly authorization?: string;
  /** User name, password, both as they are sent, and the long values of the query. */
  readonly secrets: readonly string[];
}

/** Takes an address apart; undefined where it is none, or not of one of the `protocols` ("https:"). Pure. */
export function parseWebAddress(address: string, protocols: readonly string[]): WebAddress | undefined {
  const url = URL.parse(address.trim());
  if (!url || !protocols.includes(url.protocol) || url.host === "") return undefined;
  const [user, password] = [decoded(url.username), decoded(url.password)];
  const values = [...url.searchParams.values()].filter(({ length }) => length >= SHORTEST_SECRET);
  url.username = "";
  url.password = "";
  url.hash = "";
  const credentials = Buffer.from(`${user}:${password}`).toString("base64");
  const secrets = [user, password, ...(user + password === "" ? [] : [credentials]), ...values].filter(Boolean);
  const { host, href } = url;
  return { host, href, secrets, ...(user + password !== "" && { authorization: `Basic ${credentials}` }) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

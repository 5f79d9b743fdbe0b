/** A server with OpenAI's audio interface. */
export interface Endpoint {
  /** Base of the interface, like `http://127.0.0.1:8880/v1`; without a path `/v1` is added. */
  readonly baseUrl: string;
  readonly model: string;
  /** Bearer key. */
  readonly apiKey?: string;
  /** Further attempts after one that did not get through; see who uses it for how many unless told. */
  readonly mostRetries?: number;
}

/** After a failure the others are asked first for so long. */
const REST_MS = 30_000;

/** Whose server it is, which decides about names of voices and about patience. */
export type Provider = "openai" | "local" | "other";

/** Tells {@link Provider}s by their address. */
export function providerOf({ baseUrl }: Endpoint): Provider {
  const host = URL.parse(baseUrl.trim())?.hostname ?? "";
  if (host === "openai.com" || host.endsWith(".openai.com")) return "openai";
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host) ? "local" : "other";
}

/** The order in which endpoints are asked: as they were given, but those that failed lately come last. */
export class EndpointOrder<T extends Endpoint> {
  readonly #endpoints: readonly T[];
  readonly #restsUntilMs = new Map<T, number>();

  constructor(endpoints: readonly T[]) {
    this.#endpoints = endpoints;
  }

  inOrder(): readonly T[] {
    const nowMs = performance.now();
    const rests = (endpoint: T): boolean => (this.#restsUntilMs.get(endpoint) ?? 0) > nowMs;
    return [...this.#endpoints.filter((endpoint) => !rests(endpoint)), ...this.#endpoints.filter(rests)];
  }

  failed(endpoint: T): void {
    this.#restsUntilMs.set(endpoint, performance.now() + REST_MS);
  }

  worked(endpoint: T): void {
    this.#restsUntilMs.delete(endpoint);
  }
}

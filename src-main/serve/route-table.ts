import type { HttpRoute, ServedProtocol, SocketRoute } from "../wire/route.ts";

/** A route and whose it is. */
export interface Mounted<R> {
  readonly route: R;
  readonly protocol: string;
}

/** What there is at a path. */
export interface PathRoutes {
  readonly http: readonly Mounted<HttpRoute>[];
  readonly socket: Mounted<SocketRoute> | undefined;
  /** What the `*` of the path stands for, decoded. */
  readonly segment: string;
}

/** Finds the routes at a path; one that ends with `*` only where there is nothing else. */
export class RouteTable {
  readonly #http = new Map<string, Mounted<HttpRoute>[]>();
  readonly #sockets = new Map<string, Mounted<SocketRoute>>();

  /** Throws when two protocols want the same. */
  constructor(protocols: readonly ServedProtocol[]) {
    for (const { name: protocol, httpRoutes, socketRoutes } of protocols) {
      for (const route of httpRoutes) {
        const routes = this.#http.get(route.path) ?? [];
        if (routes.some((other) => other.route.method === route.method)) throw taken(route.path);
        this.#http.set(route.path, [...routes, { route, protocol }]);
      }
      for (const route of socketRoutes) {
        if (this.#sockets.has(route.path)) throw taken(route.path);
        this.#sockets.set(route.path, { route, protocol });
      }
    }
  }

  /** All WebSocket routes. */
  get sockets(): readonly Mounted<SocketRoute>[] {
    return [...this.#sockets.values()];
  }

  /** What there is at a path, still encoded; undefined where there is nothing. */
  find(path: string): PathRoutes | undefined {
    const http = this.#http.get(path);
    const socket = this.#sockets.get(path);
    if (http || socket) return { http: http ?? [], socket, segment: "" };
    const cut = path.lastIndexOf("/") + 1;
    const wild = this.#http.get(`${path.slice(0, cut)}*`);
    const segment = decoded(path.slice(cut));
    return wild && segment ? { http: wild, socket: undefined, segment } : undefined;
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function taken(path: string): Error {
  return new Error(`two protocols cannot both be served at ${path}`);
}

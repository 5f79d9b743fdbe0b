import { jsonAnswer, type HttpRoute, type ServedProtocol } from "../wire/route.ts";
import { version } from "../version.ts";
import type { ServerMetrics } from "./server-metrics.ts";

/** What the pages about the server tell. */
export interface ServerState {
  readonly metrics: ServerMetrics;
  readonly sessions: () => number;
  readonly isEnding: () => boolean;
}

/**
 * Pages about the server, for everyone: `/health` (what is mounted; 503 while ending), `/metrics`, and moshi-server's `/api/build_info` and
 * `/api/modules_info`, in which all values are strings.
 */
export function serverPages(protocols: readonly ServedProtocol[], state: ServerState): ServedProtocol {
  const page = (path: string, answer: HttpRoute["answer"]): HttpRoute => ({
    method: "GET",
    path,
    access: "none",
    answer,
  });
  return {
    name: "server",
    socketRoutes: [],
    httpRoutes: [
      page("/health", () => {
        const status = state.isEnding() ? "ending" : "ok";
        return jsonAnswer(
          { status, version, sessions: state.sessions(), protocols: protocols.map(mounted) },
          status === "ok" ? 200 : 503,
        );
      }),
      page("/metrics", async () => ({
        status: 200,
        headers: { "content-type": state.metrics.contentType },
        body: await state.metrics.text(),
      })),
      page("/api/build_info", () => jsonAnswer(buildInfo())),
      page("/api/modules_info", () => jsonAnswer(protocols.flatMap((protocol) => protocol.modulesInfo?.() ?? []))),
    ],
  };
}

function mounted({ name, httpRoutes, socketRoutes }: ServedProtocol) {
  return {
    name,
    http: httpRoutes.map(({ method, path }) => `${method} ${path}`),
    webSocket: socketRoutes.map(({ path }) => path),
  };
}

/** The keys of moshi-server. What a program that is not compiled does not have is empty. */
function buildInfo(): Record<string, string> {
  const triple = `${process.arch}-${process.platform}`;
  return {
    build_timestamp: "",
    build_date: "",
    git_branch: "",
    git_timestamp: "",
    git_date: "",
    git_hash: "",
    git_describe: `repartee-${version}`,
    rustc_host_triple: triple,
    rustc_version: `none, node ${process.versions.node}`,
    cargo_target_triple: triple,
  };
}

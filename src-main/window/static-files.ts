import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

/** Answers with a file below the folder, `/` with its index.html; 404 for anything else, above all for paths that lead outside. */
export async function serveStatic(
  folder: string,
  pathname: string,
  response: ServerResponse,
  headOnly: boolean,
): Promise<void> {
  const path = resolveBelow(folder, pathname === "/" ? "/index.html" : pathname);
  const type = path && TYPES[extname(path)];
  const size =
    path && type
      ? await stat(path).then(
          (found) => (found.isFile() ? found.size : undefined),
          () => undefined,
        )
      : undefined;
  if (!path || !type || size === undefined) {
    response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" }).end("Not found.\n");
    return;
  }
  response.writeHead(200, { "Content-Type": type, "Content-Length": size });
  if (headOnly) response.end();
  else await pipeline(createReadStream(path), response).catch(() => response.destroy());
}

function resolveBelow(folder: string, pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  const path = normalize(join(folder, decoded));
  return !decoded.includes("\0") && path.startsWith(folder + sep) ? path : undefined;
}

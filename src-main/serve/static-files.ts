import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import type { HttpAnswer } from "../wire/route.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mp3": "audio/mpeg",
  ".ogg": "audio/ogg",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".wav": "audio/wav",
};

/**
 * Files of a folder by their path, still encoded; of a folder in it the index.html. Undefined for everything else, above all for what lies
 * outside, be it by `..` or by a link.
 */
export function staticFiles(folder: string): (path: string) => Promise<HttpAnswer | undefined> {
  return async (path) => {
    try {
      const root = await realpath(folder);
      const decoded = decodeURIComponent(path);
      if (decoded.includes("\0")) return undefined;
      const wanted = await realpath(join(root, decoded));
      if (wanted !== root && !wanted.startsWith(root + sep)) return undefined;
      const file = (await stat(wanted)).isDirectory() ? await realpath(join(wanted, "index.html")) : wanted;
      if (!file.startsWith(root + sep) || !(await stat(file)).isFile()) return undefined;
      const type = TYPES[extname(file).toLowerCase()] ?? "application/octet-stream";
      const headers = { "content-type": type, "x-content-type-options": "nosniff" };
      return { status: 200, headers, body: contentOf(file) };
    } catch {
      return undefined;
    }
  };
}

/** Opens the file when it is read from, and closes it however that ends. */
async function* contentOf(file: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file) as AsyncIterable<Uint8Array>;
}

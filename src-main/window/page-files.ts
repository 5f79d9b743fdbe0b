import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";

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

/** One file of the built window, and its media type. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads what a page asks for below the folder, `/` being its index.html. `pathname`: as in a URL, still encoded. Undefined for anything that
 * is not a file there, above all for paths that lead outside.
 */
export async function readPageFile(folder: string, pathname: string): Promise<PageFile | undefined> {
  const path = resolveBelow(folder, pathname === "/" ? "/index.html" : pathname);
  const type = path && TYPES[extname(path)];
  if (!path || !type) return undefined;
  return readFile(path).then(
    (bytes) => ({ type, bytes }),
    () => undefined,
  );
}

/**
 * Headers of everything the window loads: nothing from elsewhere, no inline code, cross-origin isolated, no permission but the microphone.
 * `connectTo`: what it may open connections to besides its own origin.
 */
export function pageHeaders(connectTo: string): Record<string, string> {
  return {
    "Content-Security-Policy": [
      "default-src 'none'",
      "script-src 'self'",
      "worker-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "media-src 'self'",
      `connect-src 'self' ${connectTo}`.trim(),
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), display-capture=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
  };
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

/**
 * Where a worker's code is: beside this file's folder when running from sources, flat in the same folder when bundled. In a packed app that
 * folder also exists outside the archive, where threads can read it.
 * `path`: path below src-main without extension, for example "play/player-worker".
 */
export function workerUrl(path: string): URL {
  if (import.meta.url.endsWith(".ts")) return new URL(`./${path}.ts`, import.meta.url);
  const bundled = new URL(`./${path.slice(path.lastIndexOf("/") + 1)}.js`, import.meta.url);
  return new URL(bundled.href.replace("/app.asar/", "/app.asar.unpacked/"));
}

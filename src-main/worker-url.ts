/**
 * Where a worker's code is: beside this file's folder when running from sources, flat in the same folder when bundled.
 * `path`: path below src-main without extension, for example "play/player-worker".
 */
export function workerUrl(path: string): URL {
  const fromSources = import.meta.url.endsWith(".ts");
  return new URL(fromSources ? `./${path}.ts` : `./${path.slice(path.lastIndexOf("/") + 1)}.js`, import.meta.url);
}

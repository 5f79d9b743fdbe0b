import { metricsLine } from "../../src-shared/metrics-line.ts";
import type { LabPlay } from "../../src-shared/playback-lab.ts";
import type { LabRun } from "./lab-run.ts";

/**
 * What a finished experiment says to others, ready for JSON. Of a URL only what is not secret: no name, password, query or fragment. The text
 * that was spoken only if asked for; its length always. Times in ms since the request.
 */
export function labReport(run: LabRun, options: { readonly withText: boolean; readonly exportedAt: Date }): object {
  const { request, interrupted, metrics, failure, audibleAtMs, starvedAtMs, levels } = run;
  const { source } = request;
  return {
    report: "repartee playback lab",
    exportedAt: options.exportedAt.toISOString(),
    request: { ...request, source: reportedSource(source, options.withText) },
    interrupted,
    failure: failure && { ...failure, detail: withoutSecrets(failure.detail, source) },
    summary: metrics && metricsLine(metrics),
    metrics,
    audibleAtMs,
    starvedAtMs,
    levels,
  };
}

function reportedSource(source: LabPlay["source"], withText: boolean): object {
  switch (source.kind) {
    case "text":
      return { kind: "text", characters: source.text.length, ...(withText ? { text: source.text } : {}) };
    case "file":
      return source;
    case "url":
      return { kind: "url", url: publicUrl(source.url) };
  }
}

function publicUrl(text: string): string {
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}

/** A detail may quote the URL, whole or in part. */
function withoutSecrets(detail: string, source: LabPlay["source"]): string {
  if (source.kind !== "url") return detail;
  const { href, search, hash, username, password } = new URL(source.url);
  const secrets = [search, hash, ...[username, password].flatMap((part) => [part, decoded(part)])];
  const shown = [source.url, href].reduce((text, url) => text.replaceAll(url, publicUrl(url)), detail);
  return secrets.reduce((text, secret) => (secret === "" ? text : text.replaceAll(secret, "…")), shown);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

import { isMainThread, Worker } from "node:worker_threads";
import { StdinSource } from "../../../src-main/play/source/stdin-source.ts";

/**
 * Reads standard input in a worker thread and says what came, one JSON object a line. The argument is how long to read in ms; without it, to
 * the end. The process then has to end by itself.
 */
async function read(mostMs: number | undefined): Promise<void> {
  const stop = new AbortController();
  if (mostMs !== undefined) setTimeout(() => stop.abort(new Error("enough")), mostMs);
  const opened = await new StdinSource().open(stop.signal);
  if (!opened.ok) return say({ failure: `${opened.failure.code}: ${opened.failure.detail}` });
  let bytes = 0;
  let end = "end";
  try {
    for await (const chunk of opened.value.chunks) bytes += chunk.length;
  } catch (error) {
    end = String(error);
  }
  say({ bytes, end, ...(opened.value.totalBytes !== undefined && { totalBytes: opened.value.totalBytes }) });
}

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
  worker.on("error", (error) => say({ bug: String(error) }));
} else await read(process.argv[2] === undefined ? undefined : Number(process.argv[2]));

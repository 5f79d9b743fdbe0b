import type { Outcome } from "../../src-shared/failure.ts";
import { OutputFile } from "../play/output-file.ts";
import { unwrap } from "./unwrap.ts";
import type { StreamPlayed } from "../play/play-stream.ts";
import type { PlayOptions } from "./play-options.ts";

/** Writes what was measured of every run as one JSON file. The text that was spoken, keys and passwords are left out. Code: output-unwritable. */
export function writePlayReport(
  path: string,
  source: string,
  { policy, jitter, chunk, seed, sink }: PlayOptions,
  runs: readonly StreamPlayed[],
): Outcome<null> {
  const report = {
    source: withoutPassword(source),
    sink,
    policy,
    jitter,
    chunkBytes: chunk,
    seed,
    runs: runs.map(({ requestedAtMs, metrics, interrupted, fed, failure }) => ({
      requestedAt: new Date(requestedAtMs).toISOString(),
      interrupted,
      failure,
      encoding: fed?.encoding,
      isTruncated: fed?.isTruncated,
      saved: fed?.saved,
      saveFailure: fed?.saveFailure,
      metrics,
    })),
  };
  const file = unwrap(OutputFile.open(path));
  file.write(Buffer.from(`${JSON.stringify(report, undefined, 2)}\n`));
  return file.finish();
}

function withoutPassword(source: string): string {
  return source.replace(/^(\w+:\/\/)[^/@]*@/, "$1");
}

import { fstatSync } from "node:fs";
import { failed, succeeded, type Outcome } from "../../../src-shared/failure.ts";
import type { ByteSource, OpenSource } from "./byte-source.ts";
import { chunkFlow } from "./chunk-flow.ts";
import { pullDescriptor } from "./descriptor-stream.ts";

const STDIN = 0;

/**
 * Standard input: a pipe, a file or a terminal. Read by its descriptor, so that it works in a worker thread too; to be opened once in a
 * process. Codes: input-unreadable (closed, or a folder); in mid-stream source-lost.
 */
export class StdinSource implements ByteSource {
  readonly name = "standard input";

  // oxlint-disable-next-line typescript/require-await
  async open(signal: AbortSignal): Promise<Outcome<OpenSource>> {
    signal.throwIfAborted();
    try {
      const stats = fstatSync(STDIN);
      if (stats.isDirectory()) return failed("input-unreadable", "input", `${this.name} is a folder`);
      const chunks = chunkFlow(pullDescriptor(STDIN, this.name), { name: this.name, signal });
      return succeeded(stats.isFile() ? { chunks, totalBytes: stats.size } : { chunks });
    } catch (error) {
      const { code = "unknown cause" } = error as NodeJS.ErrnoException;
      return failed("input-unreadable", "input", `${this.name} cannot be read (${code})`);
    }
  }
}

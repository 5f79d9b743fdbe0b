import { close, fstat, open } from "node:fs";
import { promisify } from "node:util";
import { failed, succeeded, type Outcome } from "../../../src-shared/failure.ts";
import type { ByteSource, OpenSource } from "./byte-source.ts";
import { chunkFlow } from "./chunk-flow.ts";
import { pullDescriptor } from "./descriptor-stream.ts";

const openFile = promisify(open);
const statOf = promisify(fstat);
const closeFile = promisify(close);

/**
 * A file by its path, 64 KiB at a time; also a named pipe, of unknown length. An empty file is a source without chunks. Codes: input-missing,
 * input-unreadable (a folder, no permission); in mid-stream source-lost.
 */
export class FileSource implements ByteSource {
  readonly name: string;

  constructor(path: string) {
    this.name = path;
  }

  async open(signal: AbortSignal): Promise<Outcome<OpenSource>> {
    signal.throwIfAborted();
    const path = this.name;
    try {
      const descriptor = await openFile(path, "r");
      const stats = await statOf(descriptor);
      if (signal.aborted || stats.isDirectory()) await closeFile(descriptor);
      signal.throwIfAborted();
      if (stats.isDirectory()) return failed("input-unreadable", "input", `${path} is a folder, not a file`);
      const chunks = chunkFlow(pullDescriptor(descriptor, path), { name: path, signal });
      return succeeded(stats.isFile() ? { chunks, totalBytes: stats.size } : { chunks });
    } catch (error) {
      signal.throwIfAborted();
      const { code = "unknown cause" } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") return failed("input-missing", "input", `there is no file ${path}`);
      if (code === "EACCES" || code === "EPERM")
        return failed("input-unreadable", "input", `${path} may not be read: permission denied`);
      return failed("input-unreadable", "input", `${path} cannot be read (${code})`);
    }
  }
}

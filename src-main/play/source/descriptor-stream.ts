import { createReadStream, fstatSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { isatty, ReadStream } from "node:tty";
import { failure, FailureError } from "../../../src-shared/failure.ts";
import type { ChunkPull } from "./chunk-flow.ts";

const READ_BYTES = 65_536;

/**
 * Reads an open file descriptor, in any thread. A file is read 64 KiB at a time; a pipe, a socket and a terminal are read through the event
 * loop, because a blocking read of one that nobody writes to would keep the process from ending. Descriptors 0 to 2 stay open, others are
 * closed with it. Breaking in the middle is source-lost. Throws what `fstat` throws.
 */
export function pullDescriptor(descriptor: number, name: string): ChunkPull {
  const stream = streamOf(descriptor);
  // Without a listener an error that nobody is waiting for would end the process; `next` reports it.
  stream.on("error", () => undefined);
  const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  return {
    async next() {
      try {
        const { done, value } = await chunks.next();
        return done === true ? undefined : value;
      } catch (error) {
        const { code = "unknown cause" } = error as NodeJS.ErrnoException;
        throw new FailureError(failure("source-lost", "input", `${name} could not be read to its end (${code})`));
      }
    },
    close() {
      stream.destroy();
    },
  };
}

function streamOf(descriptor: number): Readable {
  if (isatty(descriptor)) return new ReadStream(descriptor);
  const stats = fstatSync(descriptor);
  if (stats.isFIFO() || stats.isSocket()) return new Socket({ fd: descriptor, readable: true, writable: false });
  return createReadStream("", { fd: descriptor, highWaterMark: READ_BYTES, autoClose: descriptor > 2 });
}

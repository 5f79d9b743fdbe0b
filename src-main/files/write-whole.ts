import type { FileHandle } from "node:fs/promises";

/** How {@link writeWhole} writes. */
export interface WriteOptions {
  /** Where in the file; without it, where the file stands. */
  readonly atByte?: number;
  /** Told after every write how many of the bytes are in the file. */
  readonly onWritten?: (bytes: number) => void;
}

/** Writes all of the bytes, however few of them the disk takes at once. Rejects with the disk's error. */
export async function writeWhole(
  file: FileHandle,
  bytes: Uint8Array,
  { atByte, onWritten }: WriteOptions = {},
): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const position = atByte === undefined ? null : atByte + written;
    written += (await file.write(bytes, written, bytes.length - written, position)).bytesWritten;
    onWritten?.(written);
  }
}

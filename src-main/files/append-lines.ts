import { constants, open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { makeFolderAsync } from "./make-folder.ts";
import { writeWhole } from "./write-whole.ts";

const NEWLINE = 0x0a;
/** A write of another process is over within this time. */
const SETTLING_MS = 20;
// Not blocking: a pipe that nobody reads must fail and not hold a thread.
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

/** How far {@link appendLines} got: the number of lines that are in the file as a whole, and why there are not more. */
export interface AppendedLines {
  readonly written: number;
  readonly error?: Error;
}

/**
 * Appends lines, each ending with a newline, to a file, which is made with its folder when missing, for its owner alone. A line is in the file
 * as a whole or not at all: what a full disk left of one is cut off again, and a torn last line of an earlier writer is closed first. Never
 * rejects.
 */
export async function appendLines(path: string, lines: readonly string[]): Promise<AppendedLines> {
  let file: FileHandle | undefined;
  try {
    file = await openOrCreate(path);
    return (await file.stat()).isFile() ? await appendToFile(file, lines) : await appendToDevice(file, lines);
  } catch (error) {
    return { written: 0, error: error as Error };
  } finally {
    await file?.close().catch(() => {});
  }
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, FLAGS, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await makeFolderAsync(dirname(path));
    return open(path, FLAGS, 0o600);
  }
}

async function appendToFile(file: FileHandle, lines: readonly string[]): Promise<AppendedLines> {
  const closing = (await isTorn(file)) ? "\n" : "";
  const bytes = Buffer.from(closing + lines.join(""));
  const { size } = await file.stat();
  let written = 0;
  try {
    await writeWhole(file, bytes, { onWritten: (count) => (written = count) });
    return { written: lines.length };
  } catch (error) {
    const wholeBytes = bytes.subarray(0, written).lastIndexOf(NEWLINE) + 1;
    if (wholeBytes < written) await cutBack(file, size + written, size + wholeBytes);
    return { written: newlinesIn(bytes.subarray(closing.length, wholeBytes)), error: error as Error };
  }
}

/** To a pipe or a terminal. A pipe takes a line as a whole or not at all, up to 4096 bytes. */
async function appendToDevice(file: FileHandle, lines: readonly string[]): Promise<AppendedLines> {
  let written = 0;
  try {
    for (; written < lines.length; written += 1) await file.write(lines[written] ?? "");
    return { written };
  } catch (error) {
    return { written, error: error as Error };
  }
}

/** Shortens the file, unless another process has appended to it since. When that fails the next writer closes the torn line. */
async function cutBack(file: FileHandle, fromBytes: number, toBytes: number): Promise<void> {
  try {
    if ((await file.stat()).size === fromBytes) await file.truncate(toBytes);
  } catch {}
}

/** Whether the file ends within a line and no other process is just about to complete it. */
async function isTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { bytesRead, buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  if (bytesRead === 0 || buffer[0] === NEWLINE) return false;
  await setTimeout(SETTLING_MS);
  return (await file.stat()).size === size || isTorn(file);
}

function newlinesIn(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => count + (byte === NEWLINE ? 1 : 0), 0);
}

import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";

/**
 * A file that appears under its name only once it is complete: until then it is a temporary file beside it, which is removed when anything
 * fails. A file that was there before stays until then. Blocking; for worker threads and commands.
 */
export class OutputFile {
  readonly #path: string;
  readonly #partPath: string;
  readonly #file: number;
  #failure: Outcome<never> | undefined;
  #isOpen = true;

  private constructor(path: string, partPath: string, file: number) {
    this.#path = path;
    this.#partPath = partPath;
    this.#file = file;
  }

  /** Fails with output-unwritable when no file can be made there, or something other than a file is there. */
  static open(path: string): Outcome<OutputFile> {
    let partPath = path;
    try {
      const existing = statSync(path, { throwIfNoEntry: false });
      if (existing && !existing.isFile()) {
        return unwritable(path, existing.isDirectory() ? "it is a folder" : "it is not a regular file");
      }
      const target = existing ? realpathSync(path) : path;
      partPath = `${target}.${process.pid}.part`;
      return succeeded(new OutputFile(target, partPath, openSync(partPath, "w")));
    } catch (error) {
      return unwritable(path, (error as Error).message.replaceAll(partPath, path));
    }
  }

  /** Writes at the end, or at a position in bytes. A failure is told by `finish`. */
  write(bytes: Uint8Array, position: number | null = null): void {
    if (this.#failure) return;
    try {
      for (let offset = 0; offset < bytes.length;) {
        const at = position === null ? null : position + offset;
        offset += writeSync(this.#file, bytes, offset, bytes.length - offset, at);
      }
    } catch (error) {
      this.#failure = unwritable(this.#path, this.#reason(error));
    }
  }

  /** Completes the file. Fails with output-unwritable when it could not be written as a whole; nothing is left behind then. */
  finish(): Outcome<null> {
    const failure = this.#failure;
    if (failure) {
      this.discard();
      return failure;
    }
    try {
      this.#close();
      renameSync(this.#partPath, this.#path);
      return succeeded(null);
    } catch (error) {
      this.discard();
      return unwritable(this.#path, this.#reason(error));
    }
  }

  /** Gives up: nothing is left behind. */
  discard(): void {
    this.#close();
    rmSync(this.#partPath, { force: true });
  }

  /** In words that name the file as the user knows it. */
  #reason(error: unknown): string {
    return (error as Error).message.replaceAll(this.#partPath, this.#path);
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#file);
    this.#isOpen = false;
  }
}

function unwritable(path: string, reason: string): Outcome<never> {
  return failed("output-unwritable", "play", `cannot write ${path}: ${reason}`);
}

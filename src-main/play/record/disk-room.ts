import { statfsSync } from "node:fs";

const STEP_BYTES = 64 * 1024;
/** Left free for what was granted and not yet written, here and in the files' own buffers. */
const KEPT_FREE_BYTES = 4 * STEP_BYTES;

/**
 * Says whether a disk has room for more, shortly before it is full, so that files can be completed with what they hold. It asks the system once
 * for every 64 KiB. A limit that the system does not tell, as a quota, is not seen. Once there was no room the answer stays no. Blocking.
 */
export class DiskRoom {
  readonly #folder: string;
  #grantedBytes = 0;
  #isFull = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether there was no room at some time. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Whether so many more bytes may be written. */
  isLeftFor(bytes: number): boolean {
    this.#grantedBytes -= bytes;
    if (this.#grantedBytes < 0 && !this.#isFull) {
      this.#isFull = freeBytes(this.#folder) < bytes + KEPT_FREE_BYTES;
      this.#grantedBytes = STEP_BYTES;
    }
    return !this.#isFull;
  }
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}

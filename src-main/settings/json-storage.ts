import { readFile } from "node:fs/promises";
import { writeFileAtomically } from "./settings-file.ts";

/** One value kept in a JSON file. */
export interface JsonStorage {
  /** What was there when it was opened, or undefined. Not validated. */
  load(): unknown;
  /**
   * Saves in the background, one change after the other: what `change` makes of what is there by then, which another program may have
   * written. A failure to write is ignored: the value lives on in memory.
   */
  save(change: (stored: unknown) => unknown): void;
}

/** Opens a value kept in a JSON file that only the user may read. An unreadable file counts as none. */
export async function jsonStorage(path: string): Promise<JsonStorage> {
  const stored = await readJson(path);
  let writing: Promise<void> = Promise.resolve();
  return {
    load: () => stored,
    save: (change) => {
      writing = writing
        .then(async () => writeFileAtomically(path, JSON.stringify(change(await readJson(path)))))
        .catch(() => undefined);
    },
  };
}

function readJson(path: string): Promise<unknown> {
  return readFile(path, "utf8")
    .then(JSON.parse)
    .catch(() => undefined);
}

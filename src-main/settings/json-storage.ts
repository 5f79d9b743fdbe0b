import { readFile } from "node:fs/promises";
import { writeFileAtomically } from "./settings-file.ts";

/** One value kept in a JSON file. */
export interface JsonStorage {
  /** What was saved last, or undefined. Not validated. */
  load(): unknown;
  /** Saves in the background, one write after the other. A failure to write is ignored: the value lives on in memory. */
  save(value: unknown): void;
}

/** Opens a value kept in a JSON file that only the user may read. An unreadable file counts as none. */
export async function jsonStorage(path: string): Promise<JsonStorage> {
  const stored: unknown = await readFile(path, "utf8")
    .then(JSON.parse, () => undefined)
    .catch(() => undefined);
  let writing: Promise<void> = Promise.resolve();
  return {
    load: () => stored,
    save: (value) => {
      const text = JSON.stringify(value);
      writing = writing.then(() => writeFileAtomically(path, text)).catch(() => undefined);
    },
  };
}

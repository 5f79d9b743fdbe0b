import { readFileSync } from "node:fs";

/** The text of a file that the command line names. Throws an error that says why it cannot be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "it is not text";
    throw new Error(`cannot read ${path}: ${why}`, { cause: error });
  }
}

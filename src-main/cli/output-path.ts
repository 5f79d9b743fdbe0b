import { InvalidArgumentError } from "commander";
import { OutputFile } from "../play/output-file.ts";
import { unwrap } from "./unwrap.ts";

/** Parses the path of a file to write. */
export function parseOutputPath(text: string): string {
  if (text === "") throw new InvalidArgumentError("It is the path of a file.");
  return text;
}

/** Fails with output-unwritable before anything starts when a result could not be written there later. */
export function requireWritable(path: string): void {
  unwrap(OutputFile.open(path)).discard();
}

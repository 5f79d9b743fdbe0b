import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { modelEntry, type ModelEntry } from "./model-manifest.ts";

/** A model file that was read and found to be what the manifest says. */
export interface StoredModel {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Frees the bytes at once, once they have been loaded: the collector is in no hurry to. */
  release(): void;
}

/**
 * The folder that holds all model files by their manifest `file`: what REPARTEE_MODELS names, or `models` beside the packaged app's
 * resources. Undefined when running from a checkout, where each file lies in its npm package, or Repartee's own in the checkout. Main thread: workers are told.
 */
export function modelsFolder(): string | undefined {
  const named = process.env["REPARTEE_MODELS"];
  if (named) return named;
  const resources = (process as { resourcesPath?: string }).resourcesPath;
  const packaged = resources === undefined ? undefined : join(resources, "models");
  return packaged !== undefined && existsSync(packaged) ? packaged : undefined;
}

/**
 * Reads one model file and checks its size and SHA-256. `folder`: see {@link modelsFolder}. Call it in a worker: hashing takes about 1 ms
 * per MB. Codes: model-missing, model-corrupt, each naming the file and the way to mend it.
 */
export async function readModel(id: string, folder: string | undefined): Promise<Outcome<StoredModel>> {
  const entry = modelEntry(id);
  const path = locate(entry, folder);
  const mend = mending(entry, folder);
  if (path === undefined) return failed("model-missing", "models", `${entry.file} is missing: ${mend}`);
  return readChecked(path, entry, mend);
}

/**
 * Reads a model file and checks it against what it must have, as far as it is known. `mend`: what the user can do when it is not so, for the
 * failure's detail. Codes: model-missing, model-corrupt.
 */
export async function readChecked(
  path: string,
  expected: { readonly file: string; readonly bytes?: number; readonly sha256: string },
  mend: string,
): Promise<Outcome<StoredModel>> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unreadable";
    return failed("model-missing", "models", `${expected.file} cannot be read at ${path} (${reason}): ${mend}`);
  }
  if (expected.bytes !== undefined && bytes.length !== expected.bytes) {
    const found = `${bytes.length} bytes instead of ${expected.bytes}`;
    return failed("model-corrupt", "models", `${expected.file} at ${path} has ${found}: ${mend}`);
  }
  if (hash("sha256", bytes, "hex") !== expected.sha256) {
    return failed("model-corrupt", "models", `${expected.file} at ${path} does not have the expected SHA-256: ${mend}`);
  }
  return succeeded({ path, bytes, release: () => void bytes.buffer.transfer(0) });
}

function locate(entry: ModelEntry, folder: string | undefined): string | undefined {
  if (folder !== undefined) return join(folder, entry.file);
  const packageJson = findPackageJSON(entry.package ?? "..", import.meta.url);
  return packageJson === undefined ? undefined : join(dirname(packageJson), entry.path);
}

function mending(entry: ModelEntry, folder: string | undefined): string {
  if (entry.package === undefined) return "put Repartee's own file back, or reinstall Repartee";
  if (folder !== undefined) return `put the file of ${entry.package} back, or reinstall Repartee`;
  return `delete node_modules/${entry.package} and run npm install`;
}

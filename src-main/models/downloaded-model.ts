import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { failed, type Outcome } from "../../src-shared/failure.ts";
import { downloadEntry, type DownloadEntry } from "./model-manifest.ts";
import { readChecked, type StoredModel } from "./model-store.ts";

/** The folder of downloaded models: what REPARTEE_MODELS names, or `models` in the folder of the settings. Main thread: workers are told. */
export function downloadsFolder(settingsFolder: string): string {
  return process.env["REPARTEE_MODELS"] || join(settingsFolder, "models");
}

/** Where the hash is kept that a downloaded file must have, in the format of `sha256sum`. */
export function statedHashPath(folder: string, entry: DownloadEntry): string {
  return join(folder, `${entry.file}.sha256`);
}

/**
 * Reads a model that was downloaded and checks its SHA-256: the one that was stated when it was downloaded, or the manifest's. Call it in a
 * worker. Codes: model-missing, model-corrupt, each naming the command that mends it.
 */
export async function readDownloadedModel(id: string, folder: string): Promise<Outcome<StoredModel>> {
  const entry = downloadEntry(id);
  const path = join(folder, entry.file);
  const mend = `run repartee models get ${id}`;
  const sha256 = (await readStatedHash(folder, entry)) ?? entry.sha256;
  if (sha256 === undefined) return failed("model-missing", "models", `${entry.file} is not in ${folder}: ${mend}`);
  return readChecked(path, { file: entry.file, sha256 }, mend);
}

/** The hash that was stated when the file was downloaded; undefined when none was. */
async function readStatedHash(folder: string, entry: DownloadEntry): Promise<string | undefined> {
  const line = await readFile(statedHashPath(folder, entry), "utf8").catch(() => "");
  return /^[0-9a-f]{64}\b/.exec(line)?.[0];
}

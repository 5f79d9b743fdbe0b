import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { copyFile, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { statedHashPath } from "./downloaded-model.ts";
import { fetchPart, type PartRequest } from "./fetch-part.ts";
import type { DownloadEntry } from "./model-manifest.ts";

const ORPHAN_MS = 24 * 3600 * 1000;

/** How a model is downloaded. */
export interface DownloadOptions extends Omit<PartRequest, "path" | "approximateBytes"> {
  /** The folder of downloaded models, made when it is not there. */
  readonly folder: string;
  /** What the file must have, as 64 hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Downloads a model into its folder: whole and with the stated SHA-256, or not at all. What has arrived of it waits in a `.part` file for the
 * next time, unless it turned out to be something else. Aborting rejects with the signal's reason.
 * Answers with the file's path. Codes: download-failed, output-unwritable.
 */
export async function downloadModel(
  entry: DownloadEntry,
  options: DownloadOptions,
  signal: AbortSignal,
): Promise<Outcome<string>> {
  const { folder, sha256 } = options;
  const part = join(folder, `${entry.file}.${entry.revision.slice(0, 8)}.part`);
  const prepared = await onDisk(async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await sweepOrphans(folder, part);
  }, folder);
  if (!prepared.ok) return prepared;
  const fetched = await fetchPart({ ...options, path: part, approximateBytes: entry.approximateBytes }, signal);
  if (!fetched.ok) return fetched;
  return place(entry, folder, part, sha256, `what ${new URL(options.url).host} sent`);
}

/**
 * Puts a file that the user has in the place of a downloaded model. `sha256`: undefined when the file itself is the only source of it.
 * Answers with the file's path. Codes: input-missing, download-failed, output-unwritable.
 */
export async function importModel(
  entry: DownloadEntry,
  options: { readonly folder: string; readonly from: string; readonly sha256: string | undefined },
): Promise<Outcome<string>> {
  const { folder, from } = options;
  const part = join(folder, `${entry.file}.${process.pid}.part`);
  const readable = await open(from).then(
    async (file) =>
      (await file.stat()).isFile() ? file.close().then(() => "") : file.close().then(() => "is no file"),
    (error: NodeJS.ErrnoException) => String(error.code),
  );
  if (readable !== "") return failed("input-missing", "input", `${from}: ${readable}`);
  const copied = await onDisk(async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await copyFile(from, part);
  }, folder);
  if (!copied.ok) {
    await rm(part, { force: true });
    return copied;
  }
  return place(entry, folder, part, options.sha256 ?? (await hashOf(part)), from);
}

/** Makes a complete `.part` file the model, when it is what it must be; otherwise it is deleted. */
async function place(
  entry: DownloadEntry,
  folder: string,
  part: string,
  sha256: string,
  what: string,
): Promise<Outcome<string>> {
  const path = join(folder, entry.file);
  const move = async (): Promise<string | undefined> => {
    const found = await hashOf(part);
    if (found !== sha256) {
      await rm(part);
      return found;
    }
    await writeFile(statedHashPath(folder, entry), `${sha256}  ${entry.file}\n`, { mode: 0o600 });
    await rename(part, path);
    return undefined;
  };
  const isThere = async (): Promise<boolean> => existsSync(path) && (await hashOf(path)) === sha256;
  const placed = await onDisk(
    () =>
      move().catch(async (error: unknown) => {
        // Another download of it was first.
        if (!existsSync(part) && (await isThere())) return undefined;
        throw error;
      }),
    folder,
  );
  if (!placed.ok) return placed;
  if (placed.value === undefined) return succeeded(path);
  const hashes = `its SHA-256 is ${placed.value} instead of ${sha256}`;
  return failed("download-failed", "models", `${what} is not ${entry.id}: ${hashes}; nothing was kept`);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Deletes what was left behind by downloads that nobody went on with. */
async function sweepOrphans(folder: string, mine: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!name.endsWith(".part") || path === mine) continue;
    if (Date.now() - (await stat(path)).mtimeMs > ORPHAN_MS) await rm(path, { force: true });
  }
}

/** Runs something that writes to the folder; what the file system says against it is output-unwritable. */
async function onDisk<T>(work: () => Promise<T>, folder: string): Promise<Outcome<T>> {
  try {
    return succeeded(await work());
  } catch (error) {
    if (!(error instanceof Error) || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return failed("output-unwritable", "models", `${folder}: ${error.message}`);
  }
}

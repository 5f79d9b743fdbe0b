import { Command, InvalidArgumentError } from "commander";
import type { Outcome } from "../../src-shared/failure.ts";
import { downloadModel, importModel } from "../models/download-model.ts";
import { downloadsFolder, readDownloadedModel } from "../models/downloaded-model.ts";
import { downloadManifest, modelManifest, type DownloadEntry } from "../models/model-manifest.ts";
import { modelsFolder, readModel, type StoredModel } from "../models/model-store.ts";
import { connectionFailure } from "../play/source/connection-failure.ts";
import { settingsFolder } from "../settings/settings-file.ts";
import { INTERRUPTED, untilInterrupted } from "./interruption.ts";
import { unwrap } from "./unwrap.ts";

const STALL_MS = 30_000;

interface GetOptions {
  readonly sha256?: string;
  readonly from?: string;
  readonly url?: string;
}

/** `repartee models`: which models there are, and how to get those that Repartee does not come with. Nothing is downloaded unasked. */
export function modelsCommand(): Command {
  const models = new Command("models")
    .action(list)
    .addHelpText("after", "\nExample:\n  repartee models get smart-turn");
  models
    .command("get")
    .description("Downloads a model, or what is missing of it.")
    .argument("<id>", downloadManifest.map(({ id }) => id).join(" or "), parseModel)
    .option("--sha256 <hash>", "what the file must have, instead of what Repartee knows of it", parseSha256)
    .option("--from <file>", "take a file that you have, instead of downloading it")
    .option("--url <address>", "download it from there, as from a mirror", parseUrl)
    .addHelpText("after", "\nExample:\n  repartee models get turn-1-mini --from turn-1-mini.step.int8dyn.onnx")
    .action(get);
  return models;
}

async function list(): Promise<void> {
  const downloads = downloadsFolder(settingsFolder());
  const rows = await Promise.all([
    ...modelManifest.map(async ({ id, what, bytes, licence }) => {
      const found = await readModel(id, modelsFolder());
      return [id, readableSize(bytes), licence, describePresence(found), what];
    }),
    ...downloadManifest.map(async ({ id, what, approximateBytes, licence }) => {
      const found = await readDownloadedModel(id, downloads);
      const how = found.ok ? "" : ` (repartee models get ${id})`;
      return [id, readableSize(approximateBytes), licence, describePresence(found), `${what}${how}`];
    }),
  ]);
  const table = [["MODEL", "SIZE", "LICENCE", "HERE", "WHAT"], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}

async function get(
  entry: DownloadEntry,
  { sha256, from, url = entry.url }: GetOptions,
  command: Command,
): Promise<void> {
  const folder = downloadsFolder(settingsFolder());
  if (from !== undefined)
    return sayPlace(entry, await importModel(entry, { folder, from, sha256: sha256 ?? entry.sha256 }));
  const found = await readDownloadedModel(entry.id, folder);
  if (found.ok && sha256 === undefined) return console.log(`${entry.id} is here already: ${found.value.path}`);
  const expected = sha256 ?? entry.sha256;
  if (expected === undefined) command.error(askForHash(entry), { exitCode: 2 });
  const signal = untilInterrupted();
  try {
    const explain = (error: unknown, host: string): string => connectionFailure(error, host).detail;
    const options = { folder, url, sha256: expected, stallMs: STALL_MS, explain, onProgress: showProgress };
    sayPlace(entry, await downloadModel(entry, options, signal));
  } catch (error) {
    if (!signal.aborted) throw error;
    console.error("\nrepartee: stopped; what has arrived is kept: run the same command again to go on");
    process.exitCode = INTERRUPTED;
  }
}

function sayPlace({ id }: DownloadEntry, placed: Outcome<string>): void {
  if (process.stderr.isTTY) process.stderr.write("\n");
  console.log(`${id} is here: ${unwrap(placed)}`);
}

function showProgress(bytes: number, totalBytes: number | undefined): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r${readableSize(bytes)}${totalBytes === undefined ? "" : ` of ${readableSize(totalBytes)}`}`);
}

/** Says where a hash can be read that Repartee does not know. */
function askForHash({ id, url }: DownloadEntry): string {
  const page = url.replace("/resolve/", "/blob/");
  const file = "or give a file that you have and trust with --from FILE";
  return `Repartee does not know the SHA-256 of ${id}: read it at ${page} and give it with --sha256 HASH, ${file}`;
}

function describePresence(found: Outcome<StoredModel>): string {
  if (found.ok) return "yes";
  return found.failure.code === "model-missing" ? "no" : "damaged";
}

function readableSize(bytes: number): string {
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function parseModel(id: string): DownloadEntry {
  const entry = downloadManifest.find((candidate) => candidate.id === id);
  if (!entry) throw new InvalidArgumentError(`It is ${downloadManifest.map((model) => model.id).join(" or ")}.`);
  return entry;
}

function parseSha256(text: string): string {
  const hash = text.trim().toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new InvalidArgumentError("It has 64 hexadecimal digits.");
  return hash;
}

function parseUrl(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw new InvalidArgumentError("It begins with https:// or http://.");
  return url.href;
}

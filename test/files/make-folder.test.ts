import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder, makeFolderAsync } from "../../src-main/files/make-folder.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "repartee-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["blocking", async (path: string) => makeFolder(path)],
  ["not blocking", makeFolderAsync],
])("folders are made above each other, for their owner alone, and again is no failure (%s)", async (_name, make) => {
  await make(join(folder, "a", "b", "c"));
  await make(join(folder, "a", "b", "c"));
  await make(join(folder, "a", "b", "d"));
  expect(statSync(join(folder, "a", "b", "d")).mode & 0o777).toBe(0o700);
});

test.each([
  ["blocking", async (path: string) => makeFolder(path)],
  ["not blocking", makeFolderAsync],
])("where no folder can be there is an end and a reason (%s)", async (_name, make) => {
  await expect(make("/proc/none/a/b")).rejects.toThrow("ENOENT");
  writeFileSync(join(folder, "file"), "");
  await expect(make(join(folder, "file", "a"))).rejects.toThrow("ENOTDIR");
});

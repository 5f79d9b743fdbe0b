import { execFileSync } from "node:child_process";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";

const MODULES = resolve(import.meta.dirname, "../../node_modules");
const LARGEST_BYTES = 900_000_000;
/** What programs put there after the installation. */
const NOT_INSTALLED = new Set([".cache", ".vitest-cache", ".vite", ".vite-temp", join("electron", "dist")]);
/** Licences that let Repartee be passed on under its own, whatever is built from them. */
const PERMISSIVE =
  /^(0BSD|Apache-2\.0|BlueOak-1\.0\.0|BSD-[234]-Clause|CC0-1\.0|ISC|MIT|MIT-0|Python-2\.0|Unlicense|Zlib)$/;
/** Used unchanged and replaceable, which its licence asks for: see THIRD-PARTY-NOTICES.md. */
const EXCEPTIONS: Readonly<Record<string, string>> = { "node_modules/codec-parser": "LGPL-3.0-or-later" };

let bytes = 0;
const packages: { readonly folder: string; readonly name: string; readonly version: string }[] = [];

beforeAll(() => {
  walk(MODULES);
});

test("there is one copy of onnxruntime-node, and onnxruntime-web is an empty package", () => {
  const runtimes = packages.filter(({ folder }) => /(^|\/)onnxruntime-(node|web)$/.test(folder));
  expect(runtimes.filter(({ name }) => name === "onnxruntime-node")).toEqual([
    { folder: "onnxruntime-node", name: "onnxruntime-node", version: "1.30.0" },
  ]);
  expect(runtimes.filter(({ name }) => !["onnxruntime-node", "empty-npm-package"].includes(name))).toEqual([]);
});

test("the installation takes less than 900 MB of disk", () => {
  expect(bytes).toBeGreaterThan(100_000_000);
  expect(bytes).toBeLessThan(LARGEST_BYTES);
});

test("every package that Repartee needs at run time has a permissive licence", () => {
  const lock = JSON.parse(readFileSync(resolve(MODULES, "../package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; license?: string }>;
  };
  const needed = Object.entries(lock.packages).filter(([path, { dev, devOptional }]) => path && !dev && !devOptional);
  expect(needed.length).toBeGreaterThan(20);
  const others = needed
    .map(([path]) => [path, licenceOf(path)] as const)
    .filter(([, licence]) => !isPermissive(licence));
  expect(Object.fromEntries(others)).toEqual(EXCEPTIONS);
});

test("the third-party notices are those of the installed packages", () => {
  const wanted = execFileSync(process.execPath, [resolve(MODULES, "../scripts/third-party-notices.mjs"), "--print"]);
  expect(readFileSync(resolve(MODULES, "../THIRD-PARTY-NOTICES.md"), "utf8")).toBe(String(wanted));
});

function isPermissive(licence = ""): boolean {
  return licence.split(" OR ").some((choice) => choice.split(" AND ").every((part) => PERMISSIVE.test(part)));
}

function licenceOf(path: string): string | undefined {
  const { license } = JSON.parse(readFileSync(join(MODULES, "..", path, "package.json"), "utf8")) as {
    license?: string;
  };
  return license?.replace(/^\((.*)\)$/, "$1");
}

function walk(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const place = relative(MODULES, path);
    if (NOT_INSTALLED.has(place)) continue;
    // Blocks are what the disk gives; systems that do not tell them leave the length.
    const { blocks, size } = lstatSync(path);
    bytes += blocks === undefined || blocks === 0 ? size : blocks * 512;
    if (entry.isDirectory()) walk(path);
    else if (entry.name === "package.json") addPackage(folder);
  }
}

function addPackage(folder: string): void {
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
  if (name && version) packages.push({ folder: relative(MODULES, folder), name, version });
}

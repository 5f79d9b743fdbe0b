import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { node, root } from "./ensure-installed.mjs";

const SOURCES = ["src-shared", "src-main", "src-preload", "src-renderer", "resources/models"];
const FILES = ["package.json", "package-lock.json", "electron.vite.config.ts"];
const stampPath = join(root, "out", ".stamp");

/** Builds when a source changed since the last build. Silent, unless the build fails: then prints why and exits. */
export function ensureBuilt() {
  const stamp = describeSources();
  if (readStamp() === stamp) return;
  const build = spawnSync(
    node,
    [join(root, "node_modules", "electron-vite", "bin", "electron-vite.js"), "build", "--logLevel", "warn"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  if (build.status !== 0) {
    console.error(`Repartee: the build failed.\n${build.stdout}${build.stderr}`);
    process.exit(1);
  }
  mkdirSync(join(root, "out"), { recursive: true });
  writeFileSync(`${stampPath}.${process.pid}`, stamp);
  renameSync(`${stampPath}.${process.pid}`, stampPath);
}

/** Path, size and time of every source: changes whenever a source does. */
function describeSources() {
  const lines = FILES.map((path) => describeFile(join(root, path)));
  for (const folder of SOURCES) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) lines.push(describeFile(join(entry.parentPath, entry.name)));
    }
  }
  return lines.toSorted().join("\n");
}

function describeFile(path) {
  const { size, mtimeMs } = statSync(path);
  return `${path} ${size} ${mtimeMs}`;
}

function readStamp() {
  try {
    return readFileSync(stampPath, "utf8");
  } catch {
    return undefined;
  }
}

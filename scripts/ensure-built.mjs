import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { node, root } from "./ensure-installed.mjs";

const SOURCES = ["src-shared", "src-main", "src-preload", "src-renderer", "resources/models"];
const FILES = ["package.json", "package-lock.json", "electron.vite.config.ts"];
const LOCK_POLL_MS = 100;
const stampPath = join(root, "out", ".stamp");
const lockPath = join(root, "out", ".building");

/**
 * Builds when a source changed since the last build. Silent, unless the build fails: then prints why and exits. Of several processes at
 * once, one builds and the others wait for it.
 */
export function ensureBuilt() {
  if (isFresh()) return;
  mkdirSync(join(root, "out"), { recursive: true });
  takeLock();
  if (!isFresh()) build();
  rmSync(lockPath, { force: true });
}

function build() {
  const stamp = describeSources();
  const bundler = join(root, "node_modules", "electron-vite", "bin", "electron-vite.js");
  const { status, stdout, stderr } = spawnSync(node, [bundler, "build", "--logLevel", "warn"], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) {
    console.error(`Repartee: the build failed.\n${stdout}${stderr}`);
    rmSync(lockPath, { force: true });
    process.exit(1);
  }
  writeFileSync(stampPath, stamp);
}

/** Waits until no other process builds. */
function takeLock() {
  for (;;) {
    try {
      return writeFileSync(lockPath, String(process.pid), { flag: "wx" });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!isHeld()) rmSync(lockPath, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
  }
}

/** Whether the process that took the lock is still there. A lock without a number is being taken right now. */
function isHeld() {
  try {
    const holder = Number(readFileSync(lockPath, "utf8"));
    return holder === 0 || process.kill(holder, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

function isFresh() {
  return readStamp() === describeSources();
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

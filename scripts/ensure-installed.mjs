import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The checkout's folder. */
export const root = join(import.meta.dirname, "..");

/** Node 24 from the `node` package, whatever the system has. */
export const node = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

/** Installs the dependencies with npm when they are missing or not those of the lock file. Exits when npm fails. Leaves stdout alone. */
export function ensureInstalled() {
  if (existsSync(node) && isInstalled()) return;
  console.error("Repartee: installing dependencies (once, about 400 MB)…");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status, error } = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", process.stderr, "inherit"],
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  console.error(
    `Repartee: the installation failed${error ? `: ${error.message}` : ""}. Check the network and run it again.`,
  );
  process.exit(1);
}

/** Whether every package that the lock file demands on this machine is there in its version. */
function isInstalled() {
  const wanted = readPackages(join(root, "package-lock.json"));
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"));
  return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => {
    if (path === "" || optional || devOptional || peer) return true;
    return installed[path]?.version === version;
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return {};
  }
}

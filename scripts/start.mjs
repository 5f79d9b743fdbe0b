import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "./ensure-built.mjs";
import { ensureInstalled, node, root } from "./ensure-installed.mjs";

const ELECTRON_INSTALL_TIMEOUT_MS = 120_000;

ensureInstalled();
ensureBuilt();
const electron = findElectron();
if (electron) run(electron, [root, ...process.argv.slice(2)]);
else {
  console.log("Repartee: the Electron binary is not here and could not be installed, so the browser shell starts.");
  run(node, [join(root, "out", "main", "repartee.js"), "window", ...process.argv.slice(2)]);
}

/** Path of the Electron binary, installed on the first start if it can be; a failed try is remembered until the next `npm install`. */
function findElectron() {
  const folder = join(root, "node_modules", "electron");
  const binary = electronBinary(folder);
  const failedBefore = join(root, "node_modules", ".cache", "electron-not-installable");
  if (existsSync(binary)) return binary;
  if (existsSync(failedBefore)) return undefined;
  spawnSync(node, [join(folder, "install.js")], { stdio: "ignore", timeout: ELECTRON_INSTALL_TIMEOUT_MS });
  if (existsSync(binary)) return binary;
  mkdirSync(join(failedBefore, ".."), { recursive: true });
  writeFileSync(failedBefore, "Delete this file to try again.\n");
  return undefined;
}

function electronBinary(folder) {
  const names = { darwin: "Electron.app/Contents/MacOS/Electron", win32: "electron.exe" };
  return join(folder, "dist", names[process.platform] ?? "electron");
}

function run(command, args) {
  const child = spawn(command, args, { stdio: "inherit", cwd: root });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

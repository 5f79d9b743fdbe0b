import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "./ensure-built.mjs";
import { ensureInstalled, node, root } from "./ensure-installed.mjs";
import { runtimeEnvironment } from "./runtime-environment.mjs";

const ELECTRON_INSTALL_TIMEOUT_MS = 120_000;
/** An Electron that ends sooner than this with an error could not start on this machine. */
const ELECTRON_START_MS = 5_000;
const options = process.argv.slice(2);

ensureInstalled();
ensureBuilt();
const electron = findElectron();
if (!electron) startBrowserShell("the Electron binary is not here and could not be installed");
else if (!hasDisplay()) startBrowserShell("there is no display for Electron");
else startElectron(electron);

function startElectron(binary) {
  // Chromium refuses to run as root with its sandbox.
  const flags = process.platform === "linux" && process.getuid() === 0 ? ["--no-sandbox"] : [];
  const startedAtMs = Date.now();
  run(binary, [...flags, root, ...options], (code, isStopping) => {
    const couldNotStart = code !== 0 && !isStopping && Date.now() - startedAtMs < ELECTRON_START_MS;
    if (couldNotStart) startBrowserShell("Electron could not start on this machine");
    else process.exit(code);
  });
}

function startBrowserShell(reason) {
  console.log(`Repartee: ${reason}, so the browser shell starts.`);
  run(node, [join(root, "out", "main", "repartee.js"), "window", ...options], (code) => process.exit(code));
}

/** Path of the Electron binary, installed on the first start if it can be; a failed try is remembered until the next `npm install`. */
function findElectron() {
  const folder = join(root, "node_modules", "electron");
  const binary = electronBinary(folder);
  const failedBefore = join(root, "node_modules", ".cache", "electron-not-installable");
  if (existsSync(binary)) return binary;
  if (existsSync(failedBefore)) return undefined;
  console.log("Repartee: installing the Electron binary (once, about 120 MB)…");
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

function hasDisplay() {
  return process.platform !== "linux" || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Runs a program with our streams and signals until it ends. */
function run(command, args, ended) {
  let isStopping = false;
  const child = spawn(command, args, { stdio: "inherit", cwd: root, env: runtimeEnvironment });
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => {
      isStopping = true;
      child.kill(signal);
    });
  }
  child.on("error", () => ended(1, isStopping));
  child.on("exit", (code) => ended(code ?? 1, isStopping));
}

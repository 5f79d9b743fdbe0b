import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { composeAssistant } from "../compose.ts";
import { startBrowserShell } from "../window/browser-shell.ts";
import { findBrowser } from "./find-browser.ts";
import { unwrap } from "./unwrap.ts";

interface WindowOptions {
  readonly port: number;
  readonly open: boolean;
}

/** `repartee window`: the window in a browser on this machine, for where Electron is not installed. */
export function windowCommand(): Command {
  return new Command("window")
    .option("--port <number>", "port on 127.0.0.1; 0 for any free one", parsePort, 0)
    .option("--no-open", "only print the address")
    .addHelpText("after", "\nExample:\n  repartee window --no-open --port 8765")
    .action(openWindow);
}

async function openWindow({ port, open }: WindowOptions): Promise<void> {
  const { assistant, settingsProblem } = await composeAssistant();
  if (!settingsProblem.ok) console.error(`repartee: warning: ${settingsProblem.failure.detail}`);
  const rendererFolder = join(import.meta.dirname, "..", "renderer");
  const started = await startBrowserShell({ port, rendererFolder, endpoint: assistant });
  if (!started.ok) await assistant.close();
  const shell = unwrap(started);
  console.log(`Repartee is at ${shell.url}`);
  const browser = open && hasDisplay() ? findBrowser() : undefined;
  if (browser) openInAppMode(browser, shell.url);
  const close = async (): Promise<void> => {
    await shell.close();
    await assistant.close();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());
  const ready = await assistant.ready;
  if (!ready.ok) {
    await close();
    unwrap(ready);
  }
  console.log("Repartee is listening.");
}

function hasDisplay(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform === "win32" || process.platform === "darwin" || Boolean(DISPLAY ?? WAYLAND_DISPLAY);
}

/** Opens a window of its own with a profile of its own, so that it looks and behaves like an app. */
function openInAppMode(browser: string, url: string): void {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const profile = join(cache, "repartee", "browser");
  mkdirSync(profile, { recursive: true });
  const flags = [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    "--no-first-run",
    "--no-default-browser-check",
    "--window-size=900,640",
  ];
  spawn(browser, flags, { stdio: "ignore", detached: true }).unref();
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError("It is a number from 0 to 65535.");
  return port;
}

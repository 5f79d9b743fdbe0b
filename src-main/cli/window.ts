import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { composeAssistant } from "../compose.ts";
import type { Outcome } from "../../src-shared/failure.ts";
import { EventLog } from "../play/record/event-log.ts";
import { journalPlayback } from "../play/record/journal-playback.ts";
import { PlaybackTotals, prometheusText } from "../play/record/prometheus-metrics.ts";
import type { AssistantEndpoint } from "../window/assistant-endpoint.ts";
import { startBrowserShell, type BrowserShell } from "../window/browser-shell.ts";
import { findBrowser } from "./find-browser.ts";
import { parseOutputPath } from "./output-path.ts";
import { unwrap } from "./unwrap.ts";
import { warn } from "./warn.ts";

/** The same address at every start lets the browser remember that it may use the microphone. */
const USUAL_PORT = 8477;
/** A browser that ends sooner than this has handed the window over to another one, or could not start. */
const BROWSER_START_MS = 3_000;

interface WindowOptions {
  readonly port?: number;
  readonly open: boolean;
  readonly events?: string;
}

/** `repartee window`: the window in a browser on this machine, for where Electron is not installed. */
export function windowCommand(): Command {
  return new Command("window")
    .option(
      "--port <number>",
      `port on 127.0.0.1; 0 for any free one (default: ${USUAL_PORT} if it is free)`,
      parsePort,
    )
    .option("--no-open", "only print the address")
    .option("--events <folder>", "keep a daily log of playback there; what is said is never in it", parseOutputPath)
    .addHelpText("after", "\nExample:\n  repartee window --no-open --port 8765")
    .action(openWindow);
}

async function openWindow({ port, open, events }: WindowOptions): Promise<void> {
  const { assistant, player, settingsProblem } = await composeAssistant({ onWarning: warn });
  const totals = new PlaybackTotals();
  player.onEvent((event) => event.kind === "finished" && totals.add(event.metrics));
  const log = events === undefined ? undefined : new EventLog({ folder: events }, { onProblem: warn });
  if (log) player.onEvent(journalPlayback(log));
  if (!settingsProblem.ok) console.error(`repartee: warning: ${settingsProblem.failure.detail}`);
  const started = await startShell(assistant, port, () => prometheusText(totals));
  if (!started.ok) await assistant.close();
  const shell = unwrap(started);
  console.log(`Repartee is at ${shell.url}`);
  const browser = open && hasDisplay() ? findBrowser() : undefined;
  const appWindow = browser === undefined ? undefined : openInAppMode(browser, shell.oneTimeUrl(), () => void close());
  let isClosing = false;
  const close = async (): Promise<void> => {
    if (isClosing) return;
    isClosing = true;
    appWindow?.kill();
    await shell.close();
    await assistant.close();
    await log?.close();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());
  const ready = await assistant.ready;
  if (!ready.ok) {
    await close();
    unwrap(ready);
  }
  console.log("Repartee is listening.");
}

/** On the wanted port, else on the usual one, else on any. */
async function startShell(
  endpoint: AssistantEndpoint,
  port: number | undefined,
  metricsText: () => string,
): Promise<Outcome<BrowserShell>> {
  const rendererFolder = join(import.meta.dirname, "..", "renderer");
  const start = (on: number) => startBrowserShell({ port: on, rendererFolder, endpoint, metricsText });
  if (port !== undefined) return start(port);
  const usual = await start(USUAL_PORT);
  return usual.ok ? usual : start(0);
}

function hasDisplay(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform === "win32" || process.platform === "darwin" || Boolean(DISPLAY || WAYLAND_DISPLAY);
}

/** Opens a window of its own with a profile of its own, so that it looks and behaves like an app. Calls back when the user closes it. */
function openInAppMode(browser: string, url: string, closed: () => void): ChildProcess | undefined {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const profile = join(cache, "repartee", "browser");
  try {
    mkdirSync(profile, { recursive: true, mode: 0o700 });
  } catch (error) {
    console.error(`repartee: warning: open the address yourself: ${(error as Error).message}`);
    return undefined;
  }
  const flags = [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    "--no-first-run",
    "--no-default-browser-check",
    "--autoplay-policy=no-user-gesture-required",
    "--window-size=900,640",
  ];
  // Chromium refuses to run as root with its sandbox; --test-type hides the bar that says so.
  if (process.platform === "linux" && process.getuid?.() === 0) flags.push("--no-sandbox", "--test-type");
  const startedAtMs = Date.now();
  const child = spawn(browser, flags, { stdio: "ignore" });
  child.on("error", () => undefined);
  child.on("exit", () => {
    if (Date.now() - startedAtMs > BROWSER_START_MS) closed();
  });
  return child;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError("It is a number from 0 to 65535.");
  return port;
}

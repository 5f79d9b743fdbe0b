import { fork, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { _electron, chromium, type Page } from "playwright-core";
import { findProgram } from "../e2e/rig/tethered-process.ts";
import { installPreload } from "./stand-in/page-side.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const ENTRY = join(ROOT, "out/main/index.js");
const NAMES: Partial<Record<NodeJS.Platform, string>> = {
  darwin: "Electron.app/Contents/MacOS/Electron",
  win32: "electron.exe",
};
const ELECTRON = join(ROOT, "node_modules/electron/dist", NAMES[process.platform] ?? "electron");
const BROWSER = findProgram("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge");

/** Whether the tests below use the true Electron binary or the stand-in. */
export const hasElectron = existsSync(ELECTRON);

/** Why neither can be used on this machine; undefined when one can. */
export const desktopSkipReason =
  hasElectron || BROWSER ? undefined : "not installed: Electron, nor Chromium for its stand-in";

/** The built desktop app with its window open. */
export interface DesktopApp {
  readonly page: Page;
  /** Runs a function in the main process, with the `electron` module. It refers to nothing outside itself. */
  evaluate<T>(run: (electron: never) => T): Promise<T>;
  /** The user closes the window; resolves with the exit code of the app. */
  closeWindow(): Promise<number | null>;
}

/** Starts the built desktop app with settings of its own and a microphone that hears the WAV file once, again and again. */
export async function startDesktopApp(microphoneFile: string): Promise<DesktopApp> {
  const home = mkdtempSync(join(tmpdir(), "repartee-desktop-"));
  const env = { ...process.env, REPARTEE_HOME: home };
  const flags = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-audio-capture=${microphoneFile}`,
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ];
  const app = hasElectron ? await startElectron(env, flags, home) : await startStandIn(env, flags);
  return {
    ...app,
    closeWindow: async () => {
      const code = await app.closeWindow();
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      return code;
    },
  };
}

/** Starts the built main process once more while the first one runs; resolves with its exit code. */
export function startSecondInstance(): Promise<number | null> {
  const child = forkStandIn({ ...process.env, STAND_IN_IS_SECOND: "1" });
  return new Promise((done) => child.once("exit", done));
}

async function startElectron(env: NodeJS.ProcessEnv, flags: string[], home: string): Promise<DesktopApp> {
  const app = await _electron.launch({
    executablePath: ELECTRON,
    args: [...flags, `--user-data-dir=${join(home, "profile")}`, ROOT],
    env: env as Record<string, string>,
  });
  const exited = new Promise<number | null>((done) => app.process().once("exit", done));
  const page = await app.firstWindow();
  return {
    page,
    evaluate: (run) => app.evaluate(run as never),
    closeWindow: async () => {
      await page.close();
      return exited;
    },
  };
}

async function startStandIn(env: NodeJS.ProcessEnv, flags: string[]): Promise<DesktopApp> {
  const child = forkStandIn(env);
  const exited = new Promise<number | null>((done) => child.once("exit", done));
  const opened = await new Promise<{ url: string; preload: string }>((done, fail) => {
    void exited.then((code) => fail(new Error(`the main process exited with ${code}`)));
    child.on("message", (message: { kind: string; url: string; preload: string }) => {
      if (message.kind === "window") done(message);
    });
  });
  const browser = await chromium.launch({
    executablePath: BROWSER as string,
    chromiumSandbox: process.getuid?.() !== 0,
    args: [...flags, "--test-type", "--disable-gpu", "--no-first-run", "--autoplay-policy=no-user-gesture-required"],
  });
  const context = await browser.newContext({ permissions: ["microphone"] });
  const page = await context.newPage();
  const preload = readFileSync(opened.preload, "utf8");
  await page.addInitScript(`(${installPreload.toString()})((require) => { ${preload} });`);
  await page.goto(opened.url);
  let lastId = 0;
  const evaluate = <T>(run: (electron: never) => T): Promise<T> => {
    const id = ++lastId;
    return new Promise((done, fail) => {
      const listen = (message: { kind: string; id: number; value: T; error?: string }): void => {
        if (message.kind !== "evaluated" || message.id !== id) return;
        child.off("message", listen);
        if (message.error === undefined) done(message.value);
        else fail(new Error(message.error));
      };
      child.on("message", listen);
      child.send({ id, source: run.toString() });
    });
  };
  return {
    page,
    evaluate,
    closeWindow: async () => {
      await browser.close();
      void evaluate(({ BrowserWindow }: { BrowserWindow: { getAllWindows(): { close(): void }[] } }) =>
        BrowserWindow.getAllWindows()[0]?.close(),
      );
      return exited;
    },
  };
}

/** Runs a built main process in the stand-in. */
export function forkStandIn(env: NodeJS.ProcessEnv, entry = ENTRY): ChildProcess {
  const register = join(import.meta.dirname, "stand-in/register.ts");
  return fork(entry, { execArgv: ["--import", register], env, serialization: "advanced" });
}

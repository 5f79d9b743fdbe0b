import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import type { SoundRig } from "./sound-rig.ts";
import { findProgram } from "./tethered-process.ts";

const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];

const QUIET_FLAGS = [
  "--test-type",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--no-default-browser-check",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
  "--enable-blink-features=MessagePortCloseEvent",
];

/** How to start the browser. */
export interface RigBrowserOptions {
  /** What the user answers when a page asks for the microphone. */
  readonly microphone: "granted" | "denied";
  /** A window of its own on the rig's screen, with nothing around the page; without it there is no window at all. */
  readonly window?: { readonly widthPixels: number; readonly heightPixels: number };
}

/** A browser on the rig's sound card. */
export interface RigBrowser {
  readonly context: BrowserContext;
  /** The one page, blank. */
  readonly page: Page;
  close(): Promise<void>;
}

/** Why no browser can be started on this machine; undefined when one can. */
export function browserSkipReason(): string | undefined {
  return findProgram(...BROWSERS) ? undefined : "not installed: Chromium";
}

/** Starts Chromium with a fresh profile, hearing and playing through the rig. It cannot reach anything but this machine. */
export async function startRigBrowser(rig: SoundRig, options: RigBrowserOptions): Promise<RigBrowser> {
  const profile = mkdtempSync(join(rig.folder, "profile-"));
  const permission = options.microphone === "granted" ? "--use-fake-ui-for-media-stream" : "--deny-permission-prompts";
  const { window } = options;
  const windowFlags = window
    ? ["--app=about:blank", `--window-size=${window.widthPixels},${window.heightPixels}`, "--window-position=20,20"]
    : [];
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findProgram(...BROWSERS) as string,
    headless: window === undefined,
    // Root cannot use Chromium's sandbox.
    chromiumSandbox: process.getuid?.() !== 0,
    // Playwright mutes what it cannot see.
    ignoreDefaultArgs: ["--mute-audio"],
    args: [...QUIET_FLAGS, permission, "--autoplay-policy=no-user-gesture-required", ...windowFlags],
    env: Object.fromEntries(
      Object.entries(rig.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    viewport: null,
  });
  return {
    context,
    page: context.pages()[0] ?? (await context.newPage()),
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

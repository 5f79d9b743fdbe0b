import { createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import type { AssistantEvent, RequestName } from "../../src-shared/assistant-contract.ts";
import { findProgram } from "../e2e/rig/tethered-process.ts";
import { installFakeAssistant } from "./fake-assistant.ts";
import { snapshotEvent } from "./snapshots.ts";

export const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
const CONTENT_POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'";

const VIEWPORT = { width: 900, height: 640 };
const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** Why the window cannot be tested here; undefined when it can. */
export const windowSkipReason = findProgram(...BROWSERS) ? undefined : "not installed: Chromium";

/** How one page is opened. */
export interface OpenOptions extends BrowserContextOptions {
  /** What the user has said about the microphone; to `prompt` it is yes once asked. */
  readonly microphone?: "granted" | "denied" | "prompt";
  /** Changes the page before anything of it runs. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** What the tests of a window share; all of it is about the page that was opened last. */
export interface WindowUnderTest {
  /** Opens the window with the fake assistant behind it, which listens. */
  readonly openPage: (options?: OpenOptions) => Promise<Page>;
  /** The assistant tells the window something. */
  readonly emit: (event: AssistantEvent) => Promise<void>;
  /** What the window asked for under this name, so far. */
  readonly inputsOf: (name: RequestName) => Promise<unknown[]>;
  /** Waits until the microphone is open. */
  readonly untilLive: () => Promise<void>;
}

/**
 * Tests of the built window in a real browser, with a fake assistant behind it and a microphone that beeps; skipped with the reason where
 * there is no browser. Every test opens one page, in which nothing may have gone wrong at its end.
 */
export function describeWindow(subject: string, defineTests: (window: WindowUnderTest) => void): void {
  const skipped = windowSkipReason === undefined ? "" : ` (skipped: ${windowSkipReason})`;
  describe.skipIf(windowSkipReason !== undefined)(`${subject} in Chromium${skipped}`, () => {
    let folder: string;
    let browser: Browser;
    let server: Server;
    /** For pages that want nothing special. A blank page in it keeps its process, so that the next page opens in half the time. */
    let usual: BrowserContext;
    let page: Page;
    /** Errors in the page and what the content policy refused. */
    const problems: string[] = [];

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "repartee-window-"));
      await buildRenderer(folder);
      browser = await launchBrowser();
      usual = await browser.newContext({ viewport: VIEWPORT });
      await usual.newPage();
      server = await serveFolder(folder);
    });
    afterEach(async () => {
      await page.evaluate(() => localStorage.clear());
      await (page.context() === usual ? page.close() : page.context().close());
      expect(problems.splice(0)).toEqual([]);
    });
    afterAll(async () => {
      await browser.close();
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const emit = (event: AssistantEvent): Promise<void> => page.evaluate((sent) => window.fake.emit(sent), event);
    const openPage = async ({ microphone = "granted", prepare, ...options }: OpenOptions = {}): Promise<Page> => {
      const isUsual = Object.keys(options).length === 0;
      const context = isUsual ? usual : await browser.newContext({ viewport: VIEWPORT, ...options });
      page = await context.newPage();
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") problems.push(message.text());
      });
      await page.addInitScript(installFakeAssistant, microphone);
      await prepare?.(page);
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await emit(snapshotEvent());
      return page;
    };
    const inputsOf = (name: RequestName): Promise<unknown[]> =>
      page.evaluate(
        (wanted) => window.fake.requests.filter((request) => request.name === wanted).map(({ input }) => input),
        name,
      );
    const untilLive = async (): Promise<void> => {
      await page
        .waitForFunction(
          () =>
            window.fake.requests.some(
              ({ name, input }) => name === "report-microphone" && Object(input).status === "live",
            ),
          undefined,
          { timeout: 20_000 },
        )
        .catch(async (cause: unknown) => {
          const seen = await page.evaluate(() => [
            window.fake.requests,
            window.fake.frames.length,
            document.body.innerText,
          ]);
          throw new Error(`the microphone did not open: ${JSON.stringify(seen)}`, { cause });
        });
    };
    defineTests({ openPage, emit, inputsOf, untilLive });
  });
}

/** Builds the window as the product's own build does. */
export async function buildRenderer(folder: string): Promise<void> {
  await build({
    configFile: false,
    root: resolve("src-renderer"),
    logLevel: "error",
    plugins: [react()],
    worker: { format: "es" },
    build: { outDir: folder, emptyOutDir: true, target: "chrome140", assetsInlineLimit: 0, minify: false },
  });
}

/** Serves the files of a folder under the shell's content policy. */
async function serveFolder(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = join(folder, request.url === "/" ? "index.html" : (request.url ?? ""));
    if (!existsSync(path)) return response.writeHead(404).end();
    const headers = { "Content-Security-Policy": CONTENT_POLICY, "Content-Type": TYPES[extname(path)] ?? "text/plain" };
    response.writeHead(200, headers);
    return createReadStream(path).pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}

/** Starts a browser whose microphone beeps once a second. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findProgram(...BROWSERS) as string,
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      "--test-type",
      "--disable-gpu",
      "--no-first-run",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
    ],
  });
}

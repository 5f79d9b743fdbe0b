import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AssistantBridge } from "../../src-shared/assistant-contract.ts";
import { FRAME_MS } from "../../src-shared/audio-format.ts";
import { settingsSchema } from "../../src-shared/settings.ts";
import { findProgram } from "../e2e/rig/tethered-process.ts";
import { CarrierHost, NotingAssistant } from "./carrier-host.ts";
import { snapshotEvent } from "./snapshots.ts";
import { BROWSERS, buildRenderer, windowSkipReason } from "./window-fixture.ts";

const FAKE_DEVICE = "--use-fake-device-for-media-stream";

describe.skipIf(windowSkipReason !== undefined)(
  `the microphone in Chromium${windowSkipReason ? ` (skipped: ${windowSkipReason})` : ""}`,
  () => {
    let folder: string;
    let browser: Browser;
    let host: CarrierHost;
    let assistant: NotingAssistant;
    let context: BrowserContext;
    let page: Page;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "repartee-microphone-"));
      await buildRenderer(folder);
      browser = await launch(FAKE_DEVICE);
    });
    beforeEach(async () => {
      assistant = new NotingAssistant(() => [
        { kind: "settings", settings: settingsSchema.parse({}) },
        snapshotEvent(),
      ]);
      host = new CarrierHost(folder, assistant);
      await host.listen();
    });
    afterEach(async () => {
      await context.close();
      await host.crash();
    });
    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Prompts are refused without a question, as by a user who says no. */
    function launch(...more: string[]): Promise<Browser> {
      return chromium.launch({
        executablePath: findProgram(...BROWSERS) as string,
        chromiumSandbox: process.getuid?.() !== 0,
        args: ["--test-type", "--disable-gpu", "--no-first-run", "--deny-permission-prompts", ...more],
      });
    }

    async function open(permissions?: string[], prepare?: () => void): Promise<void> {
      context = await browser.newContext(permissions && { permissions });
      page = await context.newPage();
      await page.addInitScript(watchTracks);
      if (prepare) await page.addInitScript(prepare);
      await page.goto(host.url);
      await page.mouse.click(5, 5);
    }

    function statuses(): string[] {
      return assistant.inputsOf("report-microphone").map((input) => (input as { status: string }).status);
    }

    function label(): string {
      return (assistant.inputsOf("report-microphone").at(-1) as { label: string } | undefined)?.label ?? "";
    }

    async function untilReported(...wanted: string[]): Promise<void> {
      await expect.poll(statuses, { timeout: 8_000 }).toEqual(wanted);
    }

    function liveTracks(): Promise<number> {
      return page.evaluate(() => window.tracks.filter(({ readyState }) => readyState === "live").length);
    }

    function mute(muted: boolean): void {
      assistant.emit(snapshotEvent({ state: muted ? "muted" : "listening", muted }));
    }

    test("allowed before, it opens by itself; taken back, it asks again and hears nothing", async () => {
      await open(["microphone"]);
      await untilReported("live");
      expect(await page.locator(".status").getAttribute("data-microphone")).toBe("live");
      await context.clearPermissions();
      await expect.poll(liveTracks, { timeout: 5_000 }).toBe(0);
      await page.waitForTimeout(300);
      const before = assistant.frames.length;
      await page.waitForTimeout(300);
      expect(assistant.frames.length).toBe(before);
      expect(await page.locator(".status").getAttribute("data-microphone")).not.toBe("live");
    });

    test("refused by the browser, it says what to do, and opens by itself once it is allowed", async () => {
      await open();
      await page.getByTestId("microphone-allow").click();
      await untilReported("denied");
      expect(await page.getByTestId("failure").textContent()).toMatch(/allow the microphone/i);
      await context.grantPermissions(["microphone"]);
      await untilReported("denied", "live");
      expect(await page.getByTestId("failure").count()).toBe(0);
    });

    test("refused once and for all, it says so without asking", async () => {
      await open([]);
      await untilReported("denied");
      expect(await page.getByTestId("microphone-allow").count()).toBe(0);
      expect(await page.getByTestId("text-input").isEnabled()).toBe(true);
    });

    test("in Electron, which grants without asking, the user's word is asked for once", async () => {
      await open(["microphone"], pretendElectron);
      await page.getByTestId("microphone-allow").waitFor();
      expect(await liveTracks()).toBe(0);
      await page.getByTestId("microphone-allow").click();
      await expect.poll(liveTracks).toBe(1);
      await page.reload();
      await expect.poll(liveTracks).toBe(1);
    });

    test("muted and unmuted in haste, one microphone at most is open, and frames come once", async () => {
      await open(["microphone"]);
      await untilReported("live");
      for (let round = 0; round < 8; round++) {
        mute(true);
        mute(false);
        await page.waitForTimeout(round * 7);
      }
      await expect.poll(liveTracks, { timeout: 5_000 }).toBe(1);
      await page.waitForTimeout(500);
      expect(await liveTracks()).toBe(1);
      const first = assistant.frames.length;
      await page.waitForTimeout(1_000);
      expect(assistant.frames.length - first).toBeLessThan(1_000 / FRAME_MS + 8);
      mute(true);
      await expect.poll(liveTracks).toBe(0);
    });

    test("the microphone is chosen by its name, and a name that is away means the default", async () => {
      await open(["microphone"]);
      await untilReported("live");
      const settings = settingsSchema.parse({ microphoneLabel: "Fake Audio Input 2" });
      assistant.emit({ kind: "settings", settings });
      await expect.poll(label, { timeout: 5_000 }).toBe("Fake Audio Input 2");
      assistant.emit({ kind: "settings", settings: { ...settings, microphoneLabel: "Not there" } });
      await expect.poll(label, { timeout: 5_000 }).toMatch(/default/i);
      expect(await liveTracks()).toBe(1);
    });

    test("silenced by the system, it is reported and comes back by itself", async () => {
      await open(["microphone"]);
      await untilReported("live");
      await page.evaluate(() => window.tracks.at(-1)?.dispatchEvent(new Event("mute")));
      await untilReported("live", "lost");
      expect(await page.getByTestId("failure").textContent()).toContain("silenced");
      await page.evaluate(() => window.tracks.at(-1)?.dispatchEvent(new Event("unmute")));
      await untilReported("live", "lost", "live");
      expect(await page.getByTestId("failure").count()).toBe(0);
    });

    test("in use by another program, it is reported, tried again by itself, and on a click", async () => {
      await open(["microphone"], () => {
        const { mediaDevices } = navigator;
        const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
        window.attempts = 0;
        mediaDevices.getUserMedia = (constraints) =>
          ++window.attempts < 4 ? Promise.reject(new DOMException("", "NotReadableError")) : getUserMedia(constraints);
      });
      await untilReported("lost");
      expect(await page.getByTestId("failure").textContent()).toContain("Close the program");
      await expect.poll(() => page.evaluate(() => window.attempts), { interval: 20 }).toBe(3);
      await page.getByTestId("microphone-retry").click();
      await untilReported("lost", "live");
    });

    test("a chosen microphone that comes back while the default is being opened is taken", async () => {
      await open(["microphone"], holdOpenings);
      await untilReported("live");
      const settings = settingsSchema.parse({ microphoneLabel: "Fake Audio Input 2" });
      await page.evaluate(() => window.openings.hide("Fake Audio Input 2"));
      assistant.emit({ kind: "settings", settings });
      await page.waitForFunction(() => window.openings.held.length === 1);
      await page.evaluate(() => window.openings.show());
      await page.evaluate(() => window.openings.letGo());
      await page.waitForFunction(() => window.openings.held.length === 1);
      await page.evaluate(() => window.openings.letGo());
      await expect.poll(label, { timeout: 5_000 }).toBe("Fake Audio Input 2");
      expect(await liveTracks()).toBe(1);
    });

    test("a microphone that is plugged in while another cannot be found is taken", async () => {
      await open(["microphone"], holdOpenings);
      await untilReported("live");
      assistant.emit({ kind: "settings", settings: settingsSchema.parse({ microphoneLabel: "Fake Audio Input 2" }) });
      await page.waitForFunction(() => window.openings.held.length === 1);
      await page.evaluate(() => window.openings.show());
      await page.evaluate(() => window.openings.letGo("NotFoundError"));
      await page.waitForFunction(() => window.openings.held.length === 1);
      await page.evaluate(() => window.openings.letGo());
      await untilReported("live", "missing", "live");
      expect(await liveTracks()).toBe(1);
    });

    test("without any microphone it says so, and takes the first that is plugged in", async () => {
      await open(["microphone"], () => {
        const { mediaDevices } = navigator;
        const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
        mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotFoundError"));
        mediaDevices.addEventListener("plugged", () => {
          mediaDevices.getUserMedia = getUserMedia;
          mediaDevices.dispatchEvent(new Event("devicechange"));
        });
      });
      await untilReported("missing");
      expect(await page.getByTestId("failure").textContent()).toContain("Plug one in");
      await page.evaluate(() => navigator.mediaDevices.dispatchEvent(new Event("plugged")));
      await untilReported("missing", "live");
    });
  },
);

/** Stands in for the preload script of Electron. */
function pretendElectron(): void {
  const assistant: AssistantBridge = {
    shell: "electron",
    request: () => Promise.resolve({ ok: true, value: null as never }),
    subscribe: () => () => undefined,
    requestAudioPorts: () => undefined,
  };
  Object.assign(window, { assistant });
}

declare global {
  interface Window {
    /** Every microphone track that the page opened. */
    tracks: MediaStreamTrack[];
    /** Attempts to open a microphone in vain. */
    attempts: number;
    openings: {
      /** Openings that wait, oldest first; the page's first one does not. */
      readonly held: ((error?: string) => void)[];
      /** Lets the oldest go on, or fail with the error of this name. */
      letGo(error?: string): void;
      /** From now on there is no microphone of this name. */
      hide(label: string): void;
      /** It is there again, and the page is told. */
      show(): void;
    };
  }
}

/** Keeps the page's microphone tracks where a test can see them. */
function watchTracks(): void {
  window.tracks = [];
  const { mediaDevices } = navigator;
  const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await getUserMedia(constraints);
    window.tracks.push(...stream.getAudioTracks());
    return stream;
  };
}

/** Lets a test say when a microphone opens, and what comes and goes meanwhile. */
function holdOpenings(): void {
  const { mediaDevices } = navigator;
  const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
  const enumerateDevices = mediaDevices.enumerateDevices.bind(mediaDevices);
  let hidden = "";
  let isFirst = true;
  window.openings = {
    held: [],
    letGo: (error) => window.openings.held.shift()?.(error),
    hide: (label) => (hidden = label),
    show: () => {
      hidden = "";
      mediaDevices.dispatchEvent(new Event("devicechange"));
    },
  };
  mediaDevices.enumerateDevices = async () => (await enumerateDevices()).filter(({ label }) => label !== hidden);
  mediaDevices.getUserMedia = async (constraints) => {
    const error = isFirst ? undefined : await new Promise<string | undefined>((go) => window.openings.held.push(go));
    isFirst = false;
    if (error) throw new DOMException("", error);
    return getUserMedia(constraints);
  };
}

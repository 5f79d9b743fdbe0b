import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CAPTURE_FRAME_SAMPLES, FRAME_MS, PLAYBACK_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import { settingsSchema } from "../../src-shared/settings.ts";
import type { SpeakerCommand } from "../../src-shared/speaker-protocol.ts";
import { CarrierHost, NotingAssistant } from "./carrier-host.ts";
import { snapshotEvent } from "./snapshots.ts";
import { buildRenderer, launchBrowser, windowSkipReason } from "./window-fixture.ts";

describe.skipIf(windowSkipReason !== undefined)(
  `the browser carrier in Chromium${windowSkipReason ? ` (skipped: ${windowSkipReason})` : ""}`,
  () => {
    let folder: string;
    let browser: Browser;
    let host: CarrierHost;
    let assistant: NotingAssistant;
    let page: Page;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "repartee-carrier-"));
      await buildRenderer(folder);
      browser = await launchBrowser();
    });
    beforeEach(async () => {
      assistant = new NotingAssistant(() => [
        { kind: "settings", settings: settingsSchema.parse({}) },
        snapshotEvent(),
      ]);
      host = new CarrierHost(folder, assistant);
      await host.listen();
      page = await browser.newPage();
      await page.goto(host.url);
      await untilLive();
    });
    afterEach(async () => {
      await page.close();
      await host.crash();
    });
    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    });

    async function untilLive(): Promise<void> {
      await page.mouse.click(5, 5);
      const reported = () => assistant.inputsOf("report-microphone").at(-1);
      await expect
        .poll(async () => reported() ?? page.getByTestId("microphone-allow").count(), { timeout: 8_000 })
        .not.toBe(0);
      if (!reported()) await page.getByTestId("microphone-allow").click({ timeout: 8_000 });
      await expect.poll(reported, { timeout: 8_000 }).toMatchObject({ status: "live" });
      await expect.poll(() => assistant.frames.length, { timeout: 8_000 }).toBeGreaterThan(5);
    }

    function say(generation: number, ms: number): void {
      const pcm = Float32Array.from({ length: (ms * PLAYBACK_RATE_HZ) / 1000 }, (_, index) => Math.sin(index / 10) / 3);
      const commands: SpeakerCommand[] = [
        { kind: "begin", generation, firstSample: 0 },
        { kind: "pcm", generation, pcm },
        { kind: "start", generation },
        { kind: "end", generation, totalSamples: pcm.length },
      ];
      for (const command of commands) assistant.sessions.at(-1)?.sendSpeakerCommand(command);
    }

    async function state(): Promise<string | null> {
      return page.getByTestId("state").textContent();
    }

    test("requests arrive in the order in which they were made, and events are shown", async () => {
      const texts = Array.from({ length: 12 }, (_, index) => `request ${index}`);
      for (const text of texts) {
        await page.getByTestId("text-input").fill(text);
        await page.keyboard.press("Enter");
      }
      await expect.poll(() => assistant.inputsOf("type-text")).toEqual(texts.map((text) => ({ text })));
      assistant.emit(snapshotEvent({ state: "hearing" }));
      await expect.poll(state).toBe("Hearing you");
    });

    test("microphone frames arrive whole, in step with time, and hold what was captured", async () => {
      const first = assistant.frames.length;
      await page.waitForTimeout(2_200);
      const frames = assistant.frames.slice(first);
      expect(frames.length).toBeGreaterThan(30);
      const steps = frames.slice(1).map(({ endedAtMs }, index) => endedAtMs - (frames[index]?.endedAtMs ?? 0));
      // A busy machine may keep the browser's sound waiting now and then.
      expect(steps.filter((step) => Math.abs(step - FRAME_MS) < 40).length).toBeGreaterThanOrEqual(0.7 * steps.length);
      const delays = frames.map(({ arrivedAtMs, endedAtMs }) => arrivedAtMs - endedAtMs).toSorted((a, b) => a - b);
      expect(delays[Math.floor(delays.length / 2)]).toBeGreaterThan(-30);
      expect(delays[Math.floor(delays.length / 2)]).toBeLessThan(100);
      expect(frames.every(({ pcm }) => pcm.length === CAPTURE_FRAME_SAMPLES)).toBe(true);
      expect(Math.max(...frames.map(({ pcm }) => Math.max(...pcm)))).toBeGreaterThan(0.01);
    });

    test("a reply is played and reported, audible when it leaves the speaker", async () => {
      const sentAtMs = performance.timeOrigin + performance.now();
      say(1, 500);
      await expect.poll(() => assistant.reports.at(-1), { timeout: 5_000 }).toMatchObject({ kind: "finished" });
      const [audible] = assistant.reports;
      const finished = assistant.reports.at(-1);
      expect(audible).toMatchObject({ kind: "audible", generation: 1 });
      expect(finished).toMatchObject({ flushed: false, playedSamples: 12_000 });
      if (audible?.kind !== "audible" || finished?.kind !== "finished") throw new Error("unexpected reports");
      expect(samplesToMs(finished.gapSamples, PLAYBACK_RATE_HZ)).toBeLessThan(300);
      expect(audible.atMs - sentAtMs).toBeGreaterThan(0);
      expect(audible.atMs - sentAtMs).toBeLessThan(250);
      expect(finished.atMs - audible.atMs).toBeGreaterThan(470);
      expect(finished.atMs - audible.atMs).toBeLessThan(800);
    });

    test("audio keeps moving while the page is busy", async () => {
      await page.evaluate(() => {
        const block = (): void => {
          const untilMs = performance.now() + 600;
          while (performance.now() < untilMs);
        };
        for (let turn = 0; turn < 3; turn++) setTimeout(block, turn * 800);
      });
      const first = assistant.frames.length;
      say(1, 2_000);
      await expect.poll(() => assistant.reports.at(-1), { timeout: 8_000 }).toMatchObject({ kind: "finished" });
      const arrivals = assistant.frames.slice(first).map(({ arrivedAtMs }) => arrivedAtMs);
      const gaps = arrivals.slice(1).map((atMs, index) => atMs - (arrivals[index] ?? 0));
      expect(Math.max(...gaps)).toBeLessThan(400);
      const finished = assistant.reports.at(-1);
      // The page was busy for 600 ms three times.
      expect(finished?.kind === "finished" && samplesToMs(finished.gapSamples, PLAYBACK_RATE_HZ)).toBeLessThan(400);
    });

    test("after a crash it comes back: fresh audio ports, low generations count, the microphone is reported again", async () => {
      say(9, 2_000);
      await expect.poll(() => assistant.reports.length).toBeGreaterThan(0);
      await host.crash();
      await expect.poll(state).toBe("Reconnecting");
      await page.getByTestId("text-input").fill("are you there");
      await page.keyboard.press("Enter");
      // What cannot be sent goes back into the box.
      await expect.poll(() => page.getByTestId("text-input").inputValue(), { timeout: 6_000 }).toBe("are you there");
      assistant.requests.length = 0;
      assistant.frames.length = 0;
      assistant.reports.length = 0;
      await host.listen();
      await expect.poll(state, { timeout: 8_000 }).toBe("Listening");
      expect(assistant.detached).toBe(1);
      await expect.poll(() => assistant.sessions.length).toBe(2);
      await expect.poll(() => assistant.inputsOf("report-microphone")).toMatchObject([{ status: "live" }]);
      await expect.poll(() => assistant.frames.length).toBeGreaterThan(5);
      say(1, 200);
      await expect
        .poll(() => assistant.reports.at(-1), { timeout: 5_000 })
        .toMatchObject({ kind: "finished", generation: 1, playedSamples: 4_800 });
      expect(assistant.inputsOf("type-text")).toEqual([]);
    });
  },
);

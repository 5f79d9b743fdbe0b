import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { noise } from "../fixtures/noise.ts";
import { wavBytes } from "../fixtures/wav-bytes.ts";
import { startApp, type RunningApp } from "./app.ts";
import { silentGaps, soundingSpans } from "./rig/analysis.ts";
import { browserSkipReason, startRigBrowser, type RigBrowser } from "./rig/browser.ts";
import { skipReason, startSoundRig, type SoundRig } from "./rig/sound-rig.ts";
import { ROOM_RATE_HZ } from "./rig/sound-room.ts";

const reason = skipReason() ?? browserSkipReason();

describe.skipIf(reason !== undefined)(`the playback lab with sound${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let rig: SoundRig;
  let app: RunningApp;
  let browser: RigBrowser;
  let page: Page;

  beforeAll(async () => {
    rig = await startSoundRig();
    app = await startApp(rig.env);
    browser = await startRigBrowser(rig, { microphone: "granted" });
    page = browser.page;
    await page.goto(app.url);
    await page.locator('.status[data-microphone="live"]').waitFor();
    await page.getByTestId("settings-open").click();
    await page.getByTestId("lab-open").click();
  });
  afterAll(async () => {
    await browser?.close();
    expect(await app?.close()).toBe(0);
    await rig?.close();
  });

  const status = (): Promise<string | null> => page.getByTestId("lab-status").textContent();
  const line = (): Promise<string | null> => page.getByTestId("lab-line").textContent();

  async function play(): Promise<number> {
    const fromMs = Date.now();
    await page.getByTestId("lab-play").click();
    await expect.poll(status, { timeout: 20_000 }).toMatch(/^Playing/);
    await expect.poll(status, { timeout: 30_000 }).toBe("Played to the end.");
    await page.waitForTimeout(300);
    return fromMs;
  }

  test("a text is spoken, heard and measured, and the assistant listens again afterwards", async () => {
    const fromMs = await play();
    // Two cores that also load the engines may keep the browser's sound waiting for an instant, which is shown.
    expect(await line()).toMatch(
      /^ttfa \d\.\d\ds · gen \d\.\d\ds · play \d+\.\d\ds · (0 underruns|\d underruns? \(0\.0\ds\))/,
    );
    const [span] = soundingSpans(await rig.cut(fromMs, Date.now()), ROOM_RATE_HZ, -55, 1_000);
    expect((span?.endMs ?? 0) - (span?.startMs ?? 0)).toBeGreaterThan(1_000);
  });

  test("a file on a stalling network: the gap that is shown is the gap that is heard", async () => {
    const path = join(rig.folder, "noise.wav");
    const shape = { encoding: "int", bits: 16, channels: 1, sampleRateHz: PLAYBACK_RATE_HZ } as const;
    writeFileSync(path, wavBytes(noise(3 * PLAYBACK_RATE_HZ), shape));
    await page.getByTestId("lab-source").selectOption("file");
    await page.locator(".lab-widest input").first().fill(path);
    await page.getByTestId("lab-jitter").fill("stall:900@1");
    const fromMs = await play();
    expect(await line()).toMatch(/[12] underruns?/);
    expect(silentGaps(await rig.cut(fromMs, Date.now()), ROOM_RATE_HZ, 200)).toHaveLength(1);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByTestId("state").textContent()).toBe("Listening");
  });
});

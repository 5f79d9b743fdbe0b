import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { resampleAll } from "../../src-main/streaming-resampler.ts";
import { createMoonshineTranscriber } from "../../src-main/transcribe/moonshine-transcriber.ts";
import { spokenText } from "../fixtures/speech.ts";
import { wordErrorRate } from "../fixtures/word-error-rate.ts";
import { startApp, type RunningApp } from "./app.ts";
import { levelDb, soundingSpans } from "./rig/analysis.ts";
import { browserSkipReason, startRigBrowser, type RigBrowser } from "./rig/browser.ts";
import { skipReason, startSoundRig, type SoundRig } from "./rig/sound-rig.ts";
import { ROOM_RATE_HZ } from "./rig/sound-room.ts";

const reason = skipReason() ?? browserSkipReason();
const SILENT_DB = -55;
const LONG_ANSWER = "What can you do?";
/** Long, and not at once, because the browser's echo canceller swallows the beginning of speech over playback, most of all in its first seconds. */
const INTERRUPTION = "Stop, please stop talking now. Tell me, what time is it?";

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.skipIf(reason !== undefined)(
  `a conversation in Chromium with sound${reason ? ` (skipped: ${reason})` : ""}`,
  () => {
    const transcriber = reason === undefined ? createMoonshineTranscriber({}) : undefined;
    let rig: SoundRig;
    let app: RunningApp;
    let browser: RigBrowser;
    let page: Page;

    beforeAll(async () => {
      rig = await startSoundRig();
    });
    beforeEach(async () => {
      app = await startApp(rig.env);
      await open("granted");
    });
    afterEach(async () => {
      await rig.stopPlaying();
      await browser.close();
      expect(await app.close()).toBe(0);
    });
    afterAll(async () => {
      await transcriber?.close();
      await rig.close();
    });

    async function open(microphone: "granted" | "denied"): Promise<void> {
      browser = await startRigBrowser(rig, { microphone });
      page = browser.page;
      if (microphone === "granted") await browser.context.grantPermissions(["microphone"]);
      await page.goto(app.url);
    }

    function state(): Promise<string | null> {
      return page.getByTestId("state").textContent();
    }

    async function untilState(wanted: string, timeoutMs = 8_000): Promise<void> {
      await expect.poll(state, { timeout: timeoutMs, interval: 30 }).toBe(wanted);
    }

    /** Waits until the microphone is open and its first frames have settled. */
    async function untilHearing(): Promise<void> {
      await untilState("Listening");
      const microphone = () => page.locator(".status").getAttribute("data-microphone");
      await expect.poll(microphone, { timeout: 8_000, interval: 30 }).toBe("live");
      await page.waitForTimeout(500);
    }

    async function ask(text: string): Promise<{ readonly endedAtMs: number }> {
      return rig.play(await spokenText(text, "slt", ROOM_RATE_HZ));
    }

    async function understood(fromMs: number, toMs: number): Promise<string> {
      const pcm = await resampleAll(await rig.cut(fromMs, toMs), ROOM_RATE_HZ, RECOGNITION_RATE_HZ);
      const [span] = soundingSpans(pcm, RECOGNITION_RATE_HZ, SILENT_DB, 1_000);
      if (!span || !transcriber) return "";
      const spoken = pcm.slice(Math.max(0, (span.startMs - 300) * 16), (span.endMs + 300) * 16);
      const transcript = await transcriber.transcribe({ pcm: spoken }, new AbortController().signal);
      return transcript.ok ? transcript.value.text : "";
    }

    async function lastReply(): Promise<string> {
      return (await page.getByTestId("reply").last().textContent())?.replace("Repartee", "") ?? "";
    }

    test("a spoken question is shown, answered aloud, and measured", async () => {
      await untilHearing();
      const { endedAtMs } = await ask("What is seventeen times twenty three?");
      await untilState("Speaking");
      expect(await page.getByTestId("said").last().textContent()).toMatch(/seventeen times twenty[- ]three/i);
      await untilState("Listening", 15_000);
      const heard = await understood(endedAtMs, Date.now());
      expect(wordErrorRate(await lastReply(), heard)).toBeLessThanOrEqual(0.34);
      expect(heard).toMatch(/391|three hundred (and )?ninety[- ]one/i);
      const latency = await page.getByTestId("latency").last().textContent();
      expect(latency).toMatch(/(?<!\d)[0-2] underruns/);
      expect(Number(/(\d+) ms voice to voice/.exec(latency ?? "")?.[1])).toBeLessThan(2_000);
    });

    test("muted, it releases the microphone and answers nothing; unmuted, it answers again", async () => {
      await untilHearing();
      await page.keyboard.press("m");
      await untilState("Muted");
      const { endedAtMs } = await ask("What time is it?");
      await page.waitForTimeout(1_500);
      expect(await page.getByTestId("turn").count()).toBe(0);
      expect(levelDb(await rig.cut(endedAtMs, Date.now()))).toBeLessThan(SILENT_DB);
      await page.keyboard.press("m");
      await untilHearing();
      await ask("What time is it?");
      await untilState("Speaking");
    });

    test("Esc silences a long answer at once and the window shows what was not heard", async () => {
      await untilHearing();
      await ask(LONG_ANSWER);
      await untilState("Speaking");
      await page.waitForTimeout(1_500);
      const stoppedAtMs = Date.now();
      await page.keyboard.press("Escape");
      await untilState("Listening");
      await page.waitForTimeout(800);
      expect(levelDb(await rig.cut(stoppedAtMs - 800, stoppedAtMs))).toBeGreaterThan(SILENT_DB);
      expect(levelDb(await rig.cut(stoppedAtMs + 300, stoppedAtMs + 800))).toBeLessThan(SILENT_DB);
      expect(await page.getByTestId("turn").last().textContent()).toContain("interrupted");
      expect(await page.locator(".unheard").last().textContent()).not.toBe("");
    });

    test("talking over the answer interrupts it and is answered", async () => {
      await untilHearing();
      await ask(LONG_ANSWER);
      await untilState("Speaking");
      await page.waitForTimeout(3_000);
      const { startedAtMs } = await rig.play(await spokenText(INTERRUPTION, "slt", ROOM_RATE_HZ));
      await expect.poll(() => page.getByTestId("turn").count(), { timeout: 5_000 }).toBe(2);
      await expect.poll(() => page.getByTestId("reply").count(), { timeout: 8_000 }).toBe(2);
      expect(await page.getByTestId("turn").first().textContent()).toContain("interrupted");
      expect(await page.getByTestId("said").last().textContent()).toMatch(/time/i);
      const [span] = soundingSpans(await rig.cut(startedAtMs, startedAtMs + 4_500), ROOM_RATE_HZ, SILENT_DB, 200);
      expect(span?.endMs).toBeLessThan(3_500);
    });

    test("it does not hear itself through the room", async () => {
      await rig.setEcho(0.5);
      await untilHearing();
      await ask(LONG_ANSWER);
      await untilState("Speaking");
      await untilState("Listening", 30_000);
      await rig.setEcho(0);
      expect(await page.getByTestId("turn").count()).toBe(1);
      expect(await page.getByTestId("turn").textContent()).not.toContain("interrupted");
    });

    test("without a microphone it says what to do, and typing works", async () => {
      await browser.close();
      await open("denied");
      await page
        .getByTestId("microphone-allow")
        .click({ timeout: 3_000 })
        .catch(() => undefined);
      await expect
        .poll(() => page.getByTestId("failure").textContent(), { timeout: 5_000 })
        .toContain("allow the microphone");
      const typedAtMs = Date.now();
      await page.getByTestId("text-input").fill("What is two plus two?");
      await page.keyboard.press("Enter");
      await untilState("Speaking");
      await expect.poll(state, { timeout: 8_000 }).not.toBe("Speaking");
      expect(levelDb(await rig.cut(typedAtMs, Date.now()))).toBeGreaterThan(SILENT_DB);
    });

    test("a dead language model server is said and shown, and skills go on working", async () => {
      await untilHearing();
      await page.getByTestId("settings-open").click();
      await page.getByTestId("base-url").fill(`http://127.0.0.1:${await closedPort()}`);
      await page.getByTestId("save-language-model").click();
      await page.getByTestId("settings-open").click();
      const askedAtMs = Date.now();
      await page.getByTestId("text-input").fill("Who wrote Hamlet?");
      await page.keyboard.press("Enter");
      await expect
        .poll(() => page.getByTestId("turn-failure").textContent(), { timeout: 8_000 })
        .toContain("cannot be reached");
      await untilState("Speaking");
      await untilState("Listening", 15_000);
      expect(await understood(askedAtMs, Date.now())).toMatch(/server/i);
      await ask("What time is it?");
      await expect.poll(lastReply, { timeout: 8_000 }).toMatch(/\d/);
    });

    test("reloading the page in the middle of an answer keeps the conversation, and the answer goes on", async () => {
      await untilHearing();
      await ask(LONG_ANSWER);
      await untilState("Speaking");
      await page.waitForTimeout(600);
      const reloadedAtMs = Date.now();
      await page.reload();
      await untilState("Speaking");
      await page.waitForTimeout(4_000);
      expect(await state()).toBe("Speaking");
      const spans = soundingSpans(await rig.cut(reloadedAtMs, Date.now()), ROOM_RATE_HZ, SILENT_DB, 1_500);
      expect((spans.at(-1)?.endMs ?? 0) - (spans.at(-1)?.startMs ?? 0)).toBeGreaterThan(3_000);
      expect(await page.getByTestId("turn").first().textContent()).not.toContain("interrupted");
      expect(await page.getByTestId("said").first().textContent()).toContain("What can you do");
      await page.keyboard.press("Escape");
      await untilHearing();
      await ask("What time is it?");
      await untilState("Speaking");
      expect(await page.getByTestId("turn").count()).toBe(2);
    });
  },
);

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { spokenText } from "../../fixtures/speech.ts";
import { findByLoudness, findIn, levelDb } from "./analysis.ts";
import { browserSkipReason, startRigBrowser, type RigBrowser } from "./browser.ts";
import { skipReason, startSoundRig, type SoundRig } from "./sound-rig.ts";
import { ROOM_RATE_HZ } from "./sound-room.ts";

/** A page that plays what its microphone hears. Processing is off, so that what arrives is what was sent. */
const ECHO_PAGE = `<!doctype html><title>echo</title><script type="module">
  const processing = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  window.start = async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: processing });
    const context = new AudioContext({ latencyHint: "interactive" });
    context.createMediaStreamSource(stream).connect(context.destination);
    await context.resume();
    return context.sampleRate;
  };
</script>`;
const TAIL_MS = 400;

const reason = skipReason({ screen: true }) ?? browserSkipReason();

describe.skipIf(reason !== undefined)(`the sound rig${reason ? ` (${reason})` : ""}`, () => {
  let rig: SoundRig;
  let server: Server;
  let url: string;
  let question: Float32Array;

  beforeAll(async () => {
    rig = await startSoundRig({ screen: true });
    server = createServer((_, response) => response.setHeader("Content-Type", "text/html").end(ECHO_PAGE));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    question = await spokenText("What time is it in the morning?", "slt", ROOM_RATE_HZ);
  });

  afterAll(async () => {
    server?.close();
    await rig?.close();
  });

  test.for([
    ["without a window", undefined],
    ["in an app window", { widthPixels: 900, heightPixels: 640 }],
  ] as const)("carries speech through a page %s", async ([, window]) => {
    const browser = await startRigBrowser(rig, { microphone: "granted", ...(window ? { window } : {}) });
    try {
      expect(await startPage(browser, url)).toBe(ROOM_RATE_HZ);
      await sleep(500);
      const { startedAtMs, endedAtMs } = await rig.play(question);
      await sleep(TAIL_MS);
      const heard = await rig.cut(startedAtMs, endedAtMs + TAIL_MS);
      const { offsetSamples, correlation } = findByLoudness(heard, question, ROOM_RATE_HZ);
      expect(correlation).toBeGreaterThan(0.85);
      const delayMs = (offsetSamples * 1000) / ROOM_RATE_HZ;
      expect(delayMs).toBeGreaterThan(10);
      expect(delayMs).toBeLessThan(300);
      const before = await rig.cut(startedAtMs - 300, startedAtMs);
      expect(levelDb(before)).toBeLessThan(-60);
    } finally {
      await browser.close();
    }
  });

  test("delivers to the microphone exactly what was played", async () => {
    const { startedAtMs, endedAtMs } = await rig.play(question);
    await sleep(TAIL_MS);
    const found = findIn(await rig.cutMicrophone(startedAtMs - 50, endedAtMs + TAIL_MS), question);
    expect(found.correlation).toBeGreaterThan(0.99);
    expect(found.offsetSamples / 48 - 50).toBeLessThan(60);
  });

  test("denies the microphone when it is told to", async () => {
    const browser = await startRigBrowser(rig, { microphone: "denied" });
    try {
      await expect(startPage(browser, url)).rejects.toThrow(/NotAllowedError|Permission denied/);
    } finally {
      await browser.close();
    }
  });

  test("the speaker reaches the microphone when there is an echo, and only then", async () => {
    const browser = await startRigBrowser(rig, { microphone: "granted" });
    try {
      await browser.page.goto(url);
      const bothLevels = async (): Promise<number[]> => {
        const fromMs = Date.now() + 200;
        await browser.page.evaluate(playTone);
        await sleep(1500);
        return [levelDb(await rig.cut(fromMs, fromMs + 1000)), levelDb(await rig.cutMicrophone(fromMs, fromMs + 1000))];
      };
      expect((await bothLevels())[1]).toBeLessThan(-60);
      await rig.setEcho(0.5);
      const [speaker = 0, microphone = 0] = await bothLevels();
      expect(speaker).toBeGreaterThan(-20);
      expect(microphone).toBeGreaterThan(speaker - 20);
      await rig.setEcho(0);
    } finally {
      await browser.close();
    }
  });
});

async function startPage({ page }: RigBrowser, url: string): Promise<number> {
  await page.goto(url);
  return page.evaluate(() => (window as unknown as { start: () => Promise<number> }).start());
}

/** Runs in the page. */
function playTone(): void {
  const context = new AudioContext();
  const oscillator = new OscillatorNode(context, { frequency: 500 });
  oscillator.connect(new GainNode(context, { gain: 0.3 })).connect(context.destination);
  oscillator.start();
  oscillator.stop(context.currentTime + 1.5);
}

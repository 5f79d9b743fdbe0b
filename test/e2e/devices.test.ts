import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { spokenText } from "../fixtures/speech.ts";
import { startApp, type RunningApp } from "./app.ts";
import { browserSkipReason, startRigBrowser, type RigBrowser } from "./rig/browser.ts";
import { skipReason, startSoundRig, type SoundRig } from "./rig/sound-rig.ts";
import { ROOM_RATE_HZ } from "./rig/sound-room.ts";

const reason = skipReason() ?? browserSkipReason();
const QUESTION = "What time is it?";
const UNDERSTOOD = /time is it/i;
const LONG_TALK = "Good morning my dear assistant, how are you doing today?";

describe.skipIf(reason !== undefined)(
  `devices that come and go under a conversation${reason ? ` (skipped: ${reason})` : ""}`,
  { retry: 0 },
  () => {
    let rig: SoundRig;
    let app: RunningApp;
    let browser: RigBrowser;
    let page: Page;
    let question: Float32Array;
    let longTalk: Float32Array;

    beforeAll(async () => {
      rig = await startSoundRig();
      question = await spokenText(QUESTION, "slt", ROOM_RATE_HZ);
      longTalk = await spokenText(LONG_TALK, "slt", ROOM_RATE_HZ);
      app = await startApp(rig.env);
      browser = await startRigBrowser(rig, { microphone: "granted" });
      page = browser.page;
      await browser.context.grantPermissions(["microphone"]);
      await page.goto(app.url);
    });
    afterEach(async () => {
      await rig.stopPlaying();
      for (const added of ["remap-source", "sine", "null-sink sink_name=hush"]) unload(added);
      if (!rig.control("list", "short", "sources").includes("\tmic\t")) await rig.plugInMicrophone();
      rig.control("suspend-source", "mic", "0");
      rig.control("suspend-sink", "speaker", "0");
      await choose("");
      await untilMicrophone("live");
    });
    afterAll(async () => {
      await browser.close();
      expect(await app.close()).toBe(0);
      await rig.close();
    });

    async function untilMicrophone(status: string): Promise<void> {
      const current = () => page.locator(".status").getAttribute("data-microphone");
      await expect.poll(current, { timeout: 15_000, interval: 50 }).toBe(status);
    }

    async function untilState(wanted: string): Promise<void> {
      const current = () => page.getByTestId("state").textContent();
      await expect.poll(current, { timeout: 10_000, interval: 50 }).toBe(wanted);
    }

    function replies(): Promise<number> {
      return page.getByTestId("reply").count();
    }

    async function said(): Promise<string> {
      return (await page.getByTestId("said").last().textContent())?.replace("You", "") ?? "";
    }

    /** Asks, waits for the answer, and stops it. Resolves with the words that were understood. */
    async function ask(): Promise<string> {
      const before = await replies();
      await rig.play(question);
      await expect.poll(replies, { timeout: 5_000 }).toBeGreaterThan(before);
      const words = await said();
      await page.keyboard.press("Escape");
      await untilState("Listening");
      return words;
    }

    /** Asks until it is understood: a busy machine makes Chromium drop pieces of a recording. */
    async function expectAnswer(): Promise<void> {
      await expect.poll(ask, { timeout: 20_000, interval: 500 }).toMatch(UNDERSTOOD);
    }

    /** Begins a longer talk, and resolves with its end once the assistant has heard a good part of it. */
    async function beginToTalk(): Promise<{ readonly ended: Promise<unknown> }> {
      const ended = rig.play(longTalk);
      await untilState("Hearing you");
      await page.waitForTimeout(1_700);
      return { ended };
    }

    /** The source that the browser records from now, as the sound server calls it. */
    function sourceInUse(): string[] {
      const rows = (kind: string) =>
        rig
          .control("list", "short", kind)
          .split("\n")
          .map((row) => row.split("\t"));
      const names = new Map(rows("sources").map(([index = "", name = ""]) => [index, name]));
      const browsers = rows("source-outputs").filter(
        ([, , , driver, format]) => driver === "protocol-native.c" && format?.startsWith("s16le"),
      );
      return browsers.map(([, source = ""]) => names.get(source) ?? "").toSorted();
    }

    async function untilRecordingFrom(...sources: string[]): Promise<void> {
      await expect.poll(sourceInUse, { timeout: 10_000 }).toEqual(sources);
    }

    async function choose(label: string): Promise<void> {
      await page.getByTestId("settings-open").click();
      await page.getByTestId("microphone").selectOption(label);
      await page.getByTestId("settings-open").click();
    }

    /** Another microphone that hears the same room. */
    function plugIn(name: string, ...format: string[]): void {
      const description = `source_properties=device.description=${name}`;
      rig.control("load-module", "module-remap-source", "master=mic", `source_name=${name}`, description, ...format);
    }

    function unplug(name: string): void {
      unload(`source_name=${name} `);
    }

    /** Unloads the modules that are called or set like this. */
    function unload(text: string): void {
      const rows = rig.control("list", "short", "modules").split("\n");
      const modules = rows.filter((row) => row.replaceAll("\t", " ").includes(text));
      for (const row of modules) rig.control("unload-module", row.split("\t")[0] as string);
    }

    async function untilListed(label: string): Promise<void> {
      await page.getByTestId("settings-open").click();
      const options = () => page.getByTestId("microphone").locator("option").allTextContents();
      await expect.poll(options, { timeout: 5_000 }).toContain(label);
      await page.getByTestId("settings-open").click();
    }

    test(
      "the first word counts, spoken as soon as the microphone is open, and again as soon as an answer is over",
      { retry: 1 },
      async () => {
        await untilMicrophone("live");
        await untilState("Listening");
        expect(await ask()).toMatch(/^what/i);
        expect(await ask()).toMatch(/^what/i);
      },
    );

    test("the only microphone is unplugged in the middle of a talk: what was said counts, and plugged in again, it is heard", async () => {
      const before = await replies();
      const talk = await beginToTalk();
      rig.unplugMicrophone();
      await untilMicrophone("missing");
      expect(await page.getByTestId("failure").textContent()).toContain("Plug one in");
      await expect.poll(replies, { timeout: 8_000 }).toBe(before + 1);
      expect(await said()).not.toBe("");
      await page.keyboard.press("Escape");
      await untilState("Needs attention");
      await talk.ended;
      await rig.plugInMicrophone();
      await untilMicrophone("live");
      await untilState("Listening");
      expect(await page.getByTestId("failure").count()).toBe(0);
      await expectAnswer();
    });

    test("the chosen microphone is unplugged: the default stands in, said in the window, until it is back", async () => {
      plugIn("Headset", "rate=48000", "channels=1");
      await untilListed("Headset");
      await choose("Headset");
      await untilRecordingFrom("Headset");
      unplug("Headset");
      await page.getByTestId("microphone-stands-in").waitFor({ timeout: 10_000 });
      expect(await page.getByTestId("microphone-stands-in").textContent()).toContain("Headset");
      await untilRecordingFrom("mic");
      await expectAnswer();
      plugIn("Headset", "rate=48000", "channels=1");
      await untilRecordingFrom("Headset");
      await expect.poll(() => page.getByTestId("microphone-stands-in").count()).toBe(0);
    });

    test("a headset that goes away and comes back with another rate, twice within two seconds, is used in the end", async () => {
      plugIn("Headset", "rate=48000", "channels=1");
      await untilListed("Headset");
      await choose("Headset");
      await untilRecordingFrom("Headset");
      for (const rate of ["rate=16000", "rate=48000"]) {
        unplug("Headset");
        await page.waitForTimeout(800);
        plugIn("Headset", rate, "channels=1");
        await page.waitForTimeout(200);
      }
      await untilRecordingFrom("Headset");
      await page.waitForTimeout(500);
      await untilMicrophone("live");
      await untilRecordingFrom("Headset");
      await expectAnswer();
      expect(sourceInUse()).toEqual(["Headset"]);
    });

    for (const rateHz of [8_000, 192_000]) {
      test(`a microphone at ${rateHz} Hz that becomes the system's default is heard`, async () => {
        plugIn("Other", `rate=${rateHz}`, "channels=1");
        rig.control("set-default-source", "Other");
        await untilRecordingFrom("Other");
        await page.waitForTimeout(300);
        await expectAnswer();
        expect(sourceInUse()).toEqual(["Other"]);
        rig.control("set-default-source", "mic");
      });
    }

    test("a chosen microphone that never sounds: the default stands in until it does", async () => {
      rig.control("load-module", "module-null-sink", "sink_name=hush", "rate=48000", "channels=1");
      const description = "source_properties=device.description=Mute";
      rig.control("load-module", "module-remap-source", "master=hush.monitor", "source_name=Mute", description);
      await untilListed("Mute");
      await choose("Mute");
      await untilRecordingFrom("Mute");
      await page.getByTestId("microphone-stands-in").waitFor({ timeout: 10_000 });
      await untilRecordingFrom("Mute", "mic");
      rig.control("load-module", "module-sine", "sink=hush", "frequency=100");
      await untilRecordingFrom("Mute");
      await expect.poll(() => page.getByTestId("microphone-stands-in").count()).toBe(0);
    });

    test("the default falls silent: that is shown, and it goes on with the first sound", async () => {
      await untilMicrophone("live");
      rig.control("suspend-source", "mic", "1");
      await untilMicrophone("silent");
      expect(await page.getByTestId("failure").textContent()).toContain("no sound at all");
      await untilState("Needs attention");
      rig.control("suspend-source", "mic", "0");
      await untilMicrophone("live");
      await expectAnswer();
    });

    test("sound that stands still is shown, and goes on by itself", async () => {
      rig.control("suspend-sink", "speaker", "1");
      await untilMicrophone("stalled");
      expect(await page.getByTestId("failure").textContent()).toContain("No sound arrives");
      await untilState("Needs attention");
      rig.control("suspend-sink", "speaker", "0");
      await untilMicrophone("live");
      await untilState("Listening");
      await page.waitForTimeout(500);
      await expectAnswer();
    });

    test("reloaded in the middle of a talk, the page has been heard until then", async () => {
      const talk = await beginToTalk();
      const turns = await page.getByTestId("turn").count();
      await page.reload();
      const turn = page.getByTestId("turn").nth(turns - 1);
      await turn.getByTestId("reply").waitFor({ timeout: 10_000 });
      expect(await turn.getByTestId("said").textContent()).not.toBe("You");
      await talk.ended;
    });
  },
);

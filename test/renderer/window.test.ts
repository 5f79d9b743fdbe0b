import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { failure } from "../../src-shared/failure.ts";
import { snapshotEvent, turnView } from "./snapshots.ts";
import { describeWindow, type OpenOptions } from "./window-fixture.ts";

describeWindow("the window", ({ openPage, emit, inputsOf, untilLive }) => {
  let page: Page;

  async function open(options: OpenOptions = {}): Promise<void> {
    page = await openPage(options);
  }

  async function openLive(): Promise<void> {
    await open({ prepare: watchTracks });
    await untilLive();
  }
  test("a stale snapshot changes nothing", async () => {
    await open();
    const stale = snapshotEvent({ state: "hearing" });
    await emit(snapshotEvent({ state: "speaking" }));
    await emit(stale);
    expect(await page.getByTestId("state").textContent()).toBe("Speaking");
  });

  test("after the connection was lost and regained, an assistant that counts anew is shown", async () => {
    await open();
    const early = snapshotEvent({ state: "starting" });
    await emit(snapshotEvent({ state: "speaking" }));
    await emit({ kind: "connection", open: false });
    const lost = page.getByRole("alert").filter({ hasText: "connection" });
    await lost.waitFor();
    await emit({ kind: "connection", open: true });
    await emit(early);
    expect(await page.getByTestId("state").textContent()).toBe("Getting ready");
    expect(await lost.count()).toBe(0);
  });

  test("what the user is saying appears while it is said", async () => {
    await open();
    const turn = turnView({ transcript: "Set a timer", transcriptIsFinal: false, reply: "", heard: "", marks: {} });
    await emit(snapshotEvent({ state: "hearing", turns: [turn] }));
    expect(await page.getByTestId("transcript").textContent()).toBe("Set a timer");
    await emit(snapshotEvent({ state: "hearing", turns: [{ ...turn, transcript: "Set a timer for five" }] }));
    expect(await page.getByTestId("transcript").textContent()).toBe("Set a timer for five");
  });

  test("of an interrupted reply, the part that nobody heard looks different", async () => {
    await open();
    await emit(snapshotEvent({ turns: [turnView({ heard: "It is a", interrupted: true })] }));
    expect(await page.getByTestId("reply").textContent()).toContain("It is a quarter past seven.");
    expect((await page.locator(".unheard").textContent())?.trim()).toBe("quarter past seven.");
    expect(await page.getByTestId("turn").textContent()).toContain("interrupted");
  });

  test("a reply that failed says why in words", async () => {
    await open();
    const turn = turnView({ reply: "", failure: failure("respond-unreachable", "respond", "ECONNREFUSED", true) });
    await emit(snapshotEvent({ turns: [turn] }));
    expect(await page.getByTestId("turn-failure").textContent()).toBe("The language model server cannot be reached.");
  });

  test("a standing failure says what to do", async () => {
    await open();
    const missing = failure("model-missing", "models", "encoder.onnx");
    await emit(snapshotEvent({ state: "failed", failure: missing }));
    await expect
      .poll(() => page.getByRole("alert").allTextContents())
      .toContainEqual(expect.stringContaining("Run npm install"));
  });

  test("the latency of a turn is shown in figures and bars, with every mark behind them", async () => {
    await open();
    await emit(snapshotEvent({ turns: [turnView()] }));
    const latency = page.getByTestId("latency");
    expect(await latency.textContent()).toMatch(/560 ms voice to voice.*250 ms TTFA.*0 underruns/s);
    expect(await page.getByTestId("waterfall").first().getAttribute("aria-label")).toMatch(/Decide.*0.*500 ms/);
    expect(await latency.locator("dl").first().isVisible()).toBe(false);
    await latency.locator("summary").click();
    expect(await latency.locator("dl").first().isVisible()).toBe(true);
  });

  test("a turn without sound claims no latency", async () => {
    await open();
    await emit(snapshotEvent({ turns: [turnView({ marks: { speechEndedAtMs: 1 } })] }));
    expect(await page.getByTestId("turn").count()).toBe(1);
    expect(await page.getByTestId("latency").count()).toBe(0);
  });

  test("M mutes and unmutes, and muting really lets go of the microphone", async () => {
    await openLive();
    await page.keyboard.press("m");
    await expect.poll(() => inputsOf("set-muted")).toEqual([{ muted: true }]);
    await emit(snapshotEvent({ state: "muted", muted: true }));
    await expect.poll(() => page.getByTestId("mute").textContent()).toContain("Unmute");
    await page.waitForTimeout(200);
    const before = await page.evaluate(() => window.fake.frames.length);
    await page.waitForTimeout(400);
    expect(await page.evaluate(() => window.fake.frames.length)).toBe(before);
    expect(await page.evaluate(() => window.tracks.map(({ readyState }) => readyState))).toEqual(["ended"]);
    await page.keyboard.press("m");
    await expect.poll(() => inputsOf("set-muted")).toEqual([{ muted: true }, { muted: false }]);
    await emit(snapshotEvent());
    await expect.poll(() => page.evaluate(() => window.fake.frames.length)).toBeGreaterThan(before);
  });

  test("Esc stops the assistant, also while typing; letters typed are no shortcuts", async () => {
    await open();
    await emit(snapshotEvent({ state: "speaking" }));
    await page.getByTestId("text-input").focus();
    await page.keyboard.type("mmm");
    await page.keyboard.press("Escape");
    expect(await inputsOf("stop-speaking")).toHaveLength(1);
    expect(await inputsOf("set-muted")).toHaveLength(0);
    await page.getByTestId("stop").click();
    expect(await inputsOf("stop-speaking")).toHaveLength(2);
  });

  test("/ goes to the text box and Enter sends, whatever the microphone does", async () => {
    await open({ microphone: "denied" });
    await page.keyboard.press("/");
    await page.keyboard.type("  what time is it/was it  ");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    expect(await inputsOf("type-text")).toMatchObject([{ text: expect.stringContaining("what time is it/was it") }]);
    expect(await page.getByTestId("text-input").inputValue()).toBe("");
  });

  test("a timer counts down and can be cancelled", async () => {
    await open();
    await emit(snapshotEvent({ timers: [{ id: 7, label: "tea", dueAtMs: Date.now() + 65_000 }] }));
    expect(await page.getByTestId("timer").textContent()).toMatch(/tea.*1:0[345]/);
    await page.getByTestId("timer").getByRole("button").click();
    expect(await inputsOf("cancel-timer")).toEqual([{ id: 7 }]);
  });

  test("the settings hold at once, and a wrong address is said and not sent", async () => {
    await open();
    await page.getByTestId("settings-open").click();
    await page.getByLabel("Voice").selectOption("kal");
    await expect.poll(() => inputsOf("update-settings")).toEqual([{ voice: "kal" }]);
    await page.getByTestId("base-url").fill("localhost 11434");
    expect(await page.getByTestId("base-url").getAttribute("aria-invalid")).toBe("true");
    expect(await page.getByTestId("save-language-model").isDisabled()).toBe(true);
    await page.getByTestId("base-url").fill("http://127.0.0.1:11434/v1");
    await page.getByTestId("save-language-model").click();
    await expect
      .poll(async () => (await inputsOf("update-settings")).at(-1))
      .toMatchObject({
        languageModel: { baseUrl: "http://127.0.0.1:11434/v1" },
      });
  });

  test("while the assistant speaks, what is still to come is pale", async () => {
    await open();
    const { playbackEndedAtMs: ended, ...marks } = turnView().marks;
    await emit(snapshotEvent({ state: "speaking", turns: [turnView({ heard: "It is a", marks })] }));
    await expect.poll(() => page.locator(".upcoming").textContent()).toBe(" quarter past seven.");
    const turn = turnView({ marks: { ...marks, playbackEndedAtMs: ended ?? 0 } });
    await emit(snapshotEvent({ turns: [turn] }));
    await expect.poll(() => page.locator(".upcoming").count()).toBe(0);
  });

  test("what could not be sent is still there to send again", async () => {
    await open();
    await page.evaluate(() => window.fake.failing.add("type-text"));
    await page.getByTestId("text-input").fill("what time is it");
    await page.keyboard.press("Enter");
    await expect.poll(() => inputsOf("type-text")).toHaveLength(1);
    await expect.poll(() => page.getByTestId("text-input").inputValue()).toBe("what time is it");
  });

  test("settings that could not be saved say so", async () => {
    await open();
    await page.evaluate(() => window.fake.failing.add("update-settings"));
    await page.getByTestId("settings-open").click();
    await page.getByLabel("Voice").selectOption("kal");
    await expect.poll(() => page.getByRole("alert").allTextContents()).toContain("The settings could not be saved.");
    expect(await page.getByLabel("Voice").inputValue()).toBe("slt");
  });

  test("a slider tells its value once it stands still", async () => {
    await open();
    await page.getByTestId("settings-open").click();
    const slider = page.getByLabel("Speaking rate");
    await slider.evaluate((input: HTMLInputElement) => {
      for (let steps = 0; steps < 5; steps++) {
        input.stepUp();
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
    await expect.poll(() => inputsOf("update-settings")).toEqual([{ speakingRateRatio: 1.5 }]);
    expect(await slider.getAttribute("aria-valuetext")).toBe("1.5 ×");
    await slider.press("ArrowLeft");
    await expect.poll(async () => (await inputsOf("update-settings")).at(-1)).toEqual({ speakingRateRatio: 1.4 });
    await page.keyboard.press("m");
    await expect.poll(() => inputsOf("set-muted")).toEqual([{ muted: true }]);
  });

  test("first use explains why and asks on a click", async () => {
    await open({ microphone: "prompt" });
    await page.getByTestId("microphone-allow").waitFor();
    expect(await page.getByTestId("microphone-invitation").textContent()).toContain("on this machine");
    expect(await inputsOf("report-microphone")).toEqual([]);
    await page.getByTestId("microphone-allow").click();
    await untilLive();
    expect(await page.getByTestId("microphone-allow").count()).toBe(0);
  });

  test("nobody is asked before the sound is ready", async () => {
    const holdSoundBack = () => {
      // oxlint-disable-next-line typescript/unbound-method -- called with its owner below
      const load = AudioWorklet.prototype.addModule;
      AudioWorklet.prototype.addModule = async function (url) {
        await new Promise((ready) => window.addEventListener("sound-ready", ready));
        await load.call(this, url);
      };
    };
    await open({ microphone: "prompt", prepare: async (opened) => void (await opened.addInitScript(holdSoundBack)) });
    expect(await page.getByTestId("microphone-allow").count()).toBe(0);
    await page.evaluate(() => window.dispatchEvent(new Event("sound-ready")));
    await page.getByTestId("microphone-allow").click();
    await untilLive();
  });

  test("a microphone that was refused is reported and says what to do", async () => {
    await open({ microphone: "denied" });
    await page
      .getByTestId("microphone-allow")
      .click({ timeout: 2_000 })
      .catch(() => undefined);
    await expect.poll(() => page.getByTestId("failure").textContent()).toContain("allow the microphone");
    expect(await inputsOf("report-microphone")).toMatchObject([{ status: "denied" }]);
  });

  test("a microphone that goes away is reported, and taken up again by itself", async () => {
    await openLive();
    await page.evaluate(() => {
      window.tracks[0]?.stop();
      window.tracks[0]?.dispatchEvent(new Event("ended"));
    });
    await expect
      .poll(async () => (await inputsOf("report-microphone")).map((input) => (input as { status: string }).status))
      .toEqual(["live", "lost", "live"]);
  });
});

declare global {
  interface Window {
    /** Every microphone track that the page opened. */
    tracks: MediaStreamTrack[];
  }
}

/** Keeps the page's microphone tracks where a test can see them. */
async function watchTracks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.tracks = [];
    const { mediaDevices } = navigator;
    const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (constraints) => {
      const stream = await getUserMedia(constraints);
      window.tracks.push(...stream.getAudioTracks());
      return stream;
    };
  });
}

import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { failure } from "../../src-shared/failure.ts";
import type { AssistantState } from "../../src-shared/turn-view.ts";
import { snapshotEvent, turnView } from "./snapshots.ts";
import { describeFocus, findPaleTexts } from "./look-at-page.ts";
import { describeWindow, type OpenOptions } from "./window-fixture.ts";

/** Where to look at every state. */
const SCREENSHOTS = join(tmpdir(), "repartee-window");

const STATES: Record<AssistantState, string> = {
  starting: "Getting ready",
  listening: "Listening",
  hearing: "Hearing you",
  deciding: "Thinking",
  responding: "Thinking",
  speaking: "Speaking",
  paused: "Paused",
  asleep: "Asleep",
  ready: "Ready",
  muted: "Muted",
  failed: "Needs attention",
};

describeWindow("the looks of the window", ({ openPage, emit, untilLive }) => {
  let page: Page;

  async function open(options: OpenOptions = {}): Promise<void> {
    page = await openPage(options);
  }

  test("every state has a word and a look of its own", async () => {
    await open({ colorScheme: "dark" });
    await untilLive();
    for (const [state, word] of Object.entries(STATES) as [AssistantState, string][]) {
      await emit(snapshotEvent({ state, muted: state === "muted", turns: [turnView()] }));
      await expect.poll(() => page.getByTestId("state").textContent()).toBe(word);
      expect(await page.locator("[data-state]").getAttribute("data-state")).toBe(state);
      await page.screenshot({ path: join(SCREENSHOTS, `${state}.png`) });
    }
  });

  test("all of it can be reached and used by keyboard alone", async () => {
    await open();
    await emit(snapshotEvent({ state: "speaking", turns: [turnView()], timers: [timer] }));
    await page.getByTestId("text-input").fill("hello");
    const reached = [];
    for (let presses = 0; presses < 20; presses++) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate(describeFocus));
    }
    expect(reached.filter(({ name, outlinePixels }) => name !== "" && outlinePixels < 2)).toEqual([]);
    const names = reached.map(({ name }) => name.replace(/(M|P|Space|Esc)$/, ""));
    expect(names).toEqual(
      expect.arrayContaining(["Settings", "Hold to talk", "Cancel", "Send", "Mute", "Pause", "Stop"]),
    );
    await page.keyboard.press("Escape");
    await page.getByTestId("settings-open").focus();
    await page.keyboard.press("Enter");
    await page.getByTestId("settings").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByTestId("settings").count()).toBe(0);
  });

  test.each(["light", "dark"] as const)("every text has the contrast of WCAG AA in the %s colours", async (scheme) => {
    await open({ colorScheme: scheme });
    await untilLive();
    const turns = [
      turnView({ heard: "It is a", interrupted: true }),
      turnView({ turnId: 2, failure: failure("respond-timeout", "respond", "") }),
      turnView({ turnId: 3, origin: "announcement", transcript: "" }),
      turnView({ turnId: 4, transcript: "Set a", transcriptIsFinal: false, reply: "", heard: "", marks: {} }),
    ];
    const standing = failure("model-missing", "models", "encoder.onnx");
    for (const state of Object.keys(STATES) as AssistantState[]) {
      await emit(snapshotEvent({ state, turns, timers: [timer], failure: standing }));
      await page
        .locator("details")
        .first()
        .evaluate((details) => details.setAttribute("open", ""));
      expect({ state, pale: await page.evaluate(findPaleTexts) }).toEqual({ state, pale: [] });
    }
    await emit(snapshotEvent({ duplex: "half" }));
    await page.getByTestId("settings-open").click();
    await page.getByLabel("Wake phrase", { exact: true }).check();
    await page.getByTestId("wake-phrase").fill("!");
    await page.getByTestId("base-url").fill("nowhere");
    expect(await page.evaluate(findPaleTexts)).toEqual([]);
  });

  test.each([
    { width: 900, height: 600 },
    { width: 380, height: 600 },
    { width: 420, height: 700 },
    { width: 360, height: 480 },
  ])("everything fits into $width x $height", async (viewport) => {
    await open({ viewport });
    await untilLive();
    const long = "Donaudampfschifffahrtsgesellschaftskapitän".repeat(4);
    const turns = [turnView({ transcript: long, reply: long, heard: long })];
    await emit(snapshotEvent({ state: "speaking", turns, timers: [{ ...timer, label: long.slice(0, 60) }] }));
    await page.locator("summary").click();
    const fits = (): Promise<boolean> =>
      page.evaluate(() => {
        const { scrollWidth, scrollHeight } = document.documentElement;
        return scrollWidth <= innerWidth && scrollHeight <= innerHeight;
      });
    expect(await fits()).toBe(true);
    for (const id of ["state", "talk", "text-input", "mute", "pause", "stop", "settings-open"]) {
      const { x = -1, y = -1, width = 0, height = 0 } = (await page.getByTestId(id).boundingBox()) ?? {};
      const isInside = x >= 0 && y >= 0 && x + width <= viewport.width && y + height <= viewport.height;
      expect({ id, isInside }).toEqual({ id, isInside: true });
    }
    await emit(snapshotEvent({ state: "hearing", turns }));
    expect(await fits()).toBe(true);
    await page.getByTestId("settings-open").click();
    await page.getByTestId("save-language-model").scrollIntoViewIfNeeded();
    expect(await page.getByTestId("save-language-model").isVisible()).toBe(true);
    expect(await fits()).toBe(true);
  });

  test("nothing moves for those who do not want motion", async () => {
    await open({ reducedMotion: "reduce" });
    for (const state of Object.keys(STATES) as AssistantState[]) {
      await emit(snapshotEvent({ state }));
      await page.waitForTimeout(60);
      const moving = await page.evaluate(() => document.getAnimations().length);
      expect({ state, moving }).toEqual({ state, moving: 0 });
    }
  });

  test("the newest turn stays in view, unless the user has scrolled up to read", async () => {
    await open();
    const turns = Array.from({ length: 12 }, (_, index) => turnView({ turnId: index + 1 }));
    await emit(snapshotEvent({ turns }));
    await expect.poll(() => page.getByTestId("turn").last().isVisible()).toBe(true);
    const list = page.locator(".conversation");
    const fromEnd = () =>
      list.evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);
    await expect.poll(fromEnd).toBeLessThan(4);
    await page.locator("summary").last().click();
    await page.waitForTimeout(200);
    expect(await fromEnd()).toBeGreaterThan(50);
    await list.evaluate((element) => element.scrollTo(0, 0));
    await page.waitForTimeout(100);
    await emit(snapshotEvent({ turns: [...turns, turnView({ turnId: 13 })] }));
    await page.waitForTimeout(100);
    expect(await list.evaluate(({ scrollTop }) => scrollTop)).toBe(0);
  });
});

const timer = { id: 7, label: "tea", dueAtMs: Date.now() + 65_000 };

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { settingsSchema } from "../../src-shared/settings.ts";
import { snapshotEvent } from "./snapshots.ts";
import { describeWindow } from "./window-fixture.ts";

const PRESSED = { pressed: true };
const LET_GO = { pressed: false };

describeWindow("talk key, done and pause", ({ openPage, emit, inputsOf, untilLive }) => {
  let page: Page;

  async function open(): Promise<void> {
    page = await openPage({ hasTouch: true });
  }

  test("the space bar is held to talk: once however long it repeats, until it is let go", async () => {
    await open();
    await page.keyboard.down("Space");
    await page.keyboard.down("Space");
    expect(await page.getByTestId("talk").getAttribute("aria-pressed")).toBe("true");
    expect(await inputsOf("talk-key")).toEqual([PRESSED]);
    await page.keyboard.up("Space");
    expect(await inputsOf("talk-key")).toEqual([PRESSED, LET_GO]);
    await page.getByTestId("talk").focus();
    await page.keyboard.press("Space");
    expect(await inputsOf("talk-key")).toEqual([PRESSED, LET_GO, PRESSED, LET_GO]);
  });

  test("whatever takes the keyboard away lets the talk key go", async () => {
    await open();
    for (const away of ["blur", "visibilitychange"]) {
      await page.keyboard.down("Space");
      await page.evaluate((kind) => {
        Object.defineProperty(document, "hidden", { value: kind === "visibilitychange", configurable: true });
        (kind === "blur" ? window : document).dispatchEvent(new Event(kind));
      }, away);
      expect((await inputsOf("talk-key")).slice(-2)).toEqual([PRESSED, LET_GO]);
      await page.keyboard.up("Space");
    }
    expect(await inputsOf("talk-key")).toHaveLength(4);
  });

  test("a space that is typed or presses a button is no talk key", async () => {
    await open();
    await page.getByTestId("text-input").focus();
    await page.keyboard.press("Space");
    await page.getByTestId("mute").focus();
    await page.keyboard.press("Space");
    expect(await inputsOf("talk-key")).toEqual([]);
    expect(await inputsOf("set-muted")).toEqual([{ muted: true }]);
    expect(await page.getByTestId("text-input").inputValue()).toBe(" ");
  });

  test("what was clicked with the mouse leaves the space bar to the talk key", async () => {
    await open();
    await page.getByTestId("mute").click();
    await page.keyboard.press("Space");
    expect(await inputsOf("set-muted")).toEqual([{ muted: true }]);
    expect(await inputsOf("talk-key")).toEqual([PRESSED, LET_GO]);
  });

  test("the button is held by the mouse, also when it leaves it, and by touch", async () => {
    await open();
    await page.getByTestId("talk").hover();
    await page.mouse.down();
    await page.mouse.move(10, 300);
    expect(await inputsOf("talk-key")).toEqual([PRESSED]);
    await page.mouse.up();
    expect(await inputsOf("talk-key")).toEqual([PRESSED, LET_GO]);
    await page.getByTestId("talk").tap();
    expect(await inputsOf("talk-key")).toEqual([PRESSED, LET_GO, PRESSED, LET_GO]);
  });

  test("a lost connection lets the talk key go for good", async () => {
    await open();
    await page.keyboard.down("Space");
    await emit({ kind: "connection", open: false });
    expect(await page.getByTestId("talk").getAttribute("aria-pressed")).toBe("false");
    await page.keyboard.up("Space");
    expect(await inputsOf("talk-key")).toEqual([PRESSED]);
  });

  test("Enter or the button says that the turn is over, only while there is one and nobody types", async () => {
    await open();
    await page.keyboard.press("Enter");
    expect(await page.getByTestId("done").isVisible()).toBe(false);
    await emit(snapshotEvent({ state: "hearing" }));
    await page.getByTestId("done").waitFor();
    await page.keyboard.press("Enter");
    await page.getByTestId("done").click();
    expect(await inputsOf("done")).toEqual([{}, {}]);
    await page.getByTestId("text-input").fill("hello");
    await page.keyboard.press("Enter");
    expect(await inputsOf("done")).toHaveLength(2);
    expect(await inputsOf("type-text")).toEqual([{ text: "hello" }]);
  });

  test("P pauses and resumes, M mutes; the buttons say how they differ", async () => {
    await open();
    await page.keyboard.press("p");
    expect(await inputsOf("set-paused")).toEqual([{ paused: true }]);
    await emit(snapshotEvent({ state: "paused", paused: true }));
    expect(await page.getByTestId("pause").textContent()).toContain("Resume");
    expect(await page.getByTestId("stop").isEnabled()).toBe(true);
    await page.getByTestId("pause").click();
    expect(await inputsOf("set-paused")).toEqual([{ paused: true }, { paused: false }]);
    expect(await page.getByTestId("pause").getAttribute("title")).toContain("microphone stays on");
    expect(await page.getByTestId("mute").getAttribute("title")).toContain("microphone off");
  });

  test("the talk key is told to be heard only while it is", async () => {
    await open();
    await page.mouse.click(5, 5);
    await untilLive();
    await page.keyboard.down("Space");
    expect(await page.getByTestId("talk").textContent()).toContain("Hold to talk");
    await emit(snapshotEvent({ state: "hearing" }));
    expect(await page.getByTestId("talk").textContent()).toContain("Talk now");
    await emit(snapshotEvent({ state: "muted", muted: true }));
    expect(await page.getByTestId("talk").textContent()).toContain("Hold to talk");
    await page.keyboard.up("Space");
  });

  test("asleep it shows the phrase that wakes it", async () => {
    await open();
    await page.mouse.click(5, 5);
    await untilLive();
    await emit({ kind: "settings", settings: settingsSchema.parse({ wakePhrase: "hello there" }) });
    await emit(snapshotEvent({ state: "asleep" }));
    expect(await page.getByTestId("transcript").textContent()).toContain("“hello there”");
  });

  test("soft sounds are made only when they are wanted", async () => {
    page = await openPage({
      prepare: async (opened) => {
        await opened.addInitScript(() => {
          window.notes = [];
          const start: (this: OscillatorNode, at?: number) => void = Reflect.get(OscillatorNode.prototype, "start");
          OscillatorNode.prototype.start = function (at): void {
            window.notes.push(this.frequency.value);
            start.call(this, at);
          };
        });
      },
    });
    const call = async (): Promise<void> => {
      await emit(snapshotEvent({ state: "ready" }));
      await emit(snapshotEvent({ state: "hearing" }));
    };
    const notes = () => page.evaluate(() => window.notes.length);
    await call();
    await emit({ kind: "settings", settings: settingsSchema.parse({ earcons: true }) });
    expect(await notes()).toBe(0);
    await call();
    await expect.poll(notes).toBe(2);
    await emit(snapshotEvent({ state: "responding" }));
    await expect.poll(notes).toBe(4);
  });
});

declare global {
  interface Window {
    /** Frequencies of the notes that the page has played, in Hz. */
    notes: number[];
  }
}

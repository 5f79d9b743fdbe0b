import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { failure } from "../../src-shared/failure.ts";
import { labPlaySchema, type LabEvent } from "../../src-shared/playback-lab.ts";
import { describeFocus, findPaleTexts } from "./look-at-page.ts";
import { describeWindow, type OpenOptions } from "./window-fixture.ts";
import { labLevel, labMetrics, slowRun } from "./playback-lab/lab-events.ts";

/** Where to look at the lab. */
const SCREENSHOTS = join(tmpdir(), "repartee-window");
const LEVEL_EVERY_MS = 40;

describeWindow("the playback lab", ({ openPage, emit, inputsOf, untilLive }) => {
  let page: Page;

  async function openLab(options: OpenOptions = {}): Promise<void> {
    page = await openPage(options);
    await untilLive();
    await page.getByTestId("settings-open").click();
    await page.getByTestId("lab-open").click();
    await page.getByTestId("lab").waitFor();
  }
  async function tell(...events: readonly LabEvent[]): Promise<void> {
    for (const event of events) await emit({ kind: "lab", event });
  }
  const play = (): Promise<void> => page.getByTestId("lab-play").click();
  const status = (): Promise<string | null> => page.getByTestId("lab-status").textContent();
  const figure = (name: string): Promise<string | null> => page.locator(`[data-figure="${name}"]`).textContent();

  test("a run is asked for, drawn while it plays and measured at its end", async () => {
    await openLab();
    const empty = await page.evaluate(countPlotColors);
    await page.getByTestId("lab-policy").selectOption("fixed");
    await page.getByLabel("Amount, ms").fill("300");
    await page.getByTestId("lab-preset").selectOption("slow");
    await play();
    const [asked] = await inputsOf("lab-play");
    expect(labPlaySchema.parse(asked)).toEqual(asked);
    expect(asked).toMatchObject({ startPolicy: { kind: "fixed", preRollMs: 300 }, jitter: "rtf:1.2", seed: 1 });
    expect(await status()).toBe("Getting ready…");

    const [began, ...rest] = slowRun();
    await tell(began as LabEvent, ...rest.slice(0, 65));
    expect(await status()).toBe("Playing… 1 underrun so far.");
    await expect.poll(() => figure("receivedMs")).toMatch(/^2\.\d\d s$/);
    expect(await figure("audibleAtMs")).toBe("310 ms");
    const drawn = await page.evaluate(countPlotColors);
    expect(drawn.map((colors, plot) => colors - (empty[plot] ?? 0))).toEqual([expect.any(Number), expect.any(Number)]);
    for (const [plot, colors] of drawn.entries()) expect(colors).toBeGreaterThan((empty[plot] ?? 0) + 1);

    await tell(...rest.slice(65));
    expect(await status()).toBe("Played to the end.");
    expect(await page.getByTestId("lab-line").textContent()).toBe(
      "ttfa 0.31s · gen 0.80s · play 3.41s · 1 underrun (0.14s) · stretched 0.13s",
    );
    expect(await page.getByTestId("lab-past").locator("tbody tr").allInnerTexts()).toEqual([
      "Fixed 300 ms\tSlower, 1.2 × real time\t310 ms\t1\t140 ms\t130 ms",
    ]);
  });

  test("levels at 25 a second do not draw the page again, only the plots", async () => {
    await openLab();
    await play();
    await tell({ kind: "began" }, labLevel(40));
    await page.evaluate(watchMutations);
    for (let index = 2; index < 50; index++) await tell(labLevel(index * LEVEL_EVERY_MS));
    await expect.poll(() => figure("receivedMs")).toBe("1.96 s");
    expect(await page.evaluate(() => window.mutatedOutside)).toEqual([]);
  });

  test("Stop stops; the run counts as stopped", async () => {
    await openLab();
    await play();
    await tell({ kind: "began" }, labLevel(40));
    expect(await page.evaluate(describeFocus)).toMatchObject({ name: "Stop" });
    await page.keyboard.press("Space");
    expect(await inputsOf("lab-stop")).toEqual([{}]);
    await tell({ kind: "finished", interrupted: true, metrics: labMetrics(), failure: undefined });
    expect(await status()).toBe("Stopped.");
    expect(await page.getByTestId("lab-past").textContent()).toContain("cut short");
    expect(await page.getByTestId("lab-play").isEnabled()).toBe(true);
  });

  test("a request that is refused, and a run that breaks off, say why in one sentence", async () => {
    await openLab();
    await page.evaluate(() => window.fake.failing.add("lab-play"));
    await play();
    await expect.poll(() => page.getByTestId("lab-failure").textContent()).toBe("The settings could not be saved.");
    await page.evaluate(() => window.fake.failing.clear());
    await play();
    expect(await page.getByTestId("lab-failure").count()).toBe(0);
    const unreachable = failure("source-unreachable", "play", "connect ECONNREFUSED 127.0.0.1:9");
    await tell({ kind: "began" }, { kind: "finished", interrupted: true, metrics: undefined, failure: unreachable });
    expect(await page.getByTestId("lab-failure").textContent()).toBe(
      "The server that has the audio cannot be reached.connect ECONNREFUSED 127.0.0.1:9",
    );
    expect(await status()).toBe("Not played to the end.");
  });

  test("a lost connection ends the run", async () => {
    await openLab();
    await play();
    await tell({ kind: "began" });
    await emit({ kind: "connection", open: false });
    await expect.poll(status).toBe("Stopped.");
  });

  test("the report is one JSON file, with the text only when that is ticked", async () => {
    await openLab();
    await play();
    await tell(...slowRun());
    const [without, withText] = [await exported(), await exported({ withText: true })];
    expect(without).toMatchObject({
      request: { source: { kind: "text" } },
      metrics: { underruns: 1 },
      starvedAtMs: [2400],
    });
    expect(without["levels"]).toHaveLength(100);
    expect(JSON.stringify(without)).not.toContain("Once the first word");
    expect(JSON.stringify(withText)).toContain("Once the first word");
  });

  async function exported({ withText = false } = {}): Promise<Record<string, unknown>> {
    await page.getByLabel("With the text").setChecked(withText);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("lab-export").click()]);
    expect(download.suggestedFilename()).toMatch(/^playback-lab-[\dTZ-]+\.json$/);
    return JSON.parse(readFileSync(await download.path(), "utf8")) as Record<string, unknown>;
  }

  test("a source that is not one cannot be played", async () => {
    await openLab();
    await page.getByTestId("lab-source").selectOption("url");
    expect(await page.getByTestId("lab-play").isDisabled()).toBe(true);
    const address = page.getByLabel("Address (http");
    await address.fill("example.org");
    expect(await address.getAttribute("aria-invalid")).toBe("true");
    await address.fill("https://example.org/a.mp3");
    expect(await address.getAttribute("aria-invalid")).toBe("false");
    await page.keyboard.press("Enter");
    await expect.poll(() => inputsOf("lab-play")).toMatchObject([{ source: { kind: "url" } }]);
  });

  test("presets and the words behind them change each other", async () => {
    await openLab();
    await page.getByTestId("lab-preset").selectOption("stall");
    expect(await page.getByTestId("lab-jitter").inputValue()).toBe("stall:400@1");
    await page.getByTestId("lab-jitter").fill("wifi:30,loss:2");
    expect(await page.getByTestId("lab-preset").inputValue()).toBe("own");
    await page.getByTestId("lab-jitter").fill("");
    expect(await page.getByTestId("lab-preset").inputValue()).toBe("undisturbed");
  });

  test("Escape stops what plays and returns; what was filled in and measured is still there", async () => {
    await openLab();
    await page.getByTestId("lab-jitter").fill("wifi:30");
    await play();
    await tell(...slowRun().slice(0, 40));
    await page.keyboard.press("Escape");
    expect(await inputsOf("lab-stop")).toHaveLength(1);
    await page.getByTestId("text-input").waitFor();
    expect(await page.getByTestId("lab").count()).toBe(0);
    await tell({ kind: "finished", interrupted: true, metrics: labMetrics(), failure: undefined });
    await page.getByTestId("settings-open").click();
    await page.getByTestId("lab-open").click();
    expect(await page.getByTestId("lab-jitter").inputValue()).toBe("wifi:30");
    expect(await page.getByTestId("lab-line").textContent()).toContain("ttfa 0.21s");
    expect(await figure("receivedMs")).not.toBe("");
    await page.getByTestId("settings-open").click();
    await page.getByTestId("text-input").waitFor();
    expect(await inputsOf("lab-stop")).toHaveLength(1);
  });

  test("an earlier run can be shown again", async () => {
    await openLab();
    await play();
    await tell(...slowRun());
    await page.getByTestId("lab-preset").selectOption("wifi");
    await play();
    await tell({ kind: "began" }, labLevel(40), { kind: "audible", atMs: 40 });
    await page.getByRole("button", { name: "Adaptive" }).click();
    expect(await status()).toBe("Playing…");
    await tell({ kind: "finished", interrupted: false, metrics: labMetrics(), failure: undefined });
    expect(await page.locator("[aria-current]").textContent()).toContain("Wi-Fi");
    await page.getByRole("button", { name: "Adaptive" }).last().click();
    expect(await page.locator("[aria-current]").textContent()).toContain("Undisturbed");
    await expect.poll(() => figure("receivedMs")).toBe("3.38 s");
    expect(await page.getByTestId("lab-line").textContent()).toContain("1 underrun");
  });

  test("all of it can be reached by keyboard alone", async () => {
    await openLab();
    await play();
    await tell(...slowRun());
    const reached = [];
    await page.getByTestId("settings-open").focus();
    for (let presses = 0; presses < 14; presses++) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate(describeFocus));
    }
    expect(reached.filter(({ name, outlinePixels }) => name !== "" && outlinePixels < 2)).toEqual([]);
    expect(reached.map(({ name }) => name)).toEqual(expect.arrayContaining(["Play", "Export report"]));
  });

  test("the plot shows the instant under the pointer", async () => {
    await openLab();
    await play();
    await tell(...slowRun());
    await expect.poll(() => figure("receivedMs")).toBe("3.38 s");
    const over = page.locator(".u-over").first();
    await over.scrollIntoViewIfNeeded();
    const { width = 0 } = (await over.boundingBox()) ?? {};
    await over.hover({ position: { x: width / 5, y: 20 } });
    await expect.poll(() => figure("receivedMs")).toMatch(/^0\.\d\d s$/);
    await page.getByTestId("settings-open").hover();
    await expect.poll(() => figure("receivedMs")).toBe("3.38 s");
  });

  test.each([
    { colorScheme: "light", width: 900, height: 600 },
    { colorScheme: "dark", width: 900, height: 600 },
    { colorScheme: "light", width: 420, height: 700 },
    { colorScheme: "dark", width: 420, height: 700 },
  ] as const)("fits and can be read: $colorScheme, $width x $height", async ({ colorScheme, ...viewport }) => {
    await openLab({ colorScheme, viewport });
    const shoot = async (part: string): Promise<void> => {
      await page.waitForTimeout(100);
      await page.screenshot({ path: join(SCREENSHOTS, `lab-${colorScheme}-${viewport.width}-${part}.png`) });
    };
    await shoot("empty");
    await play();
    await tell(...slowRun());
    await page.getByTestId("lab-policy").selectOption("fixed");
    await page.getByTestId("lab-preset").selectOption("slower");
    await play();
    await shoot("playing");
    const broken = failure("source-lost", "play", "connection reset after 1.2 s");
    const events = slowRun().slice(0, -1);
    await tell(...events, { kind: "finished", interrupted: true, metrics: labMetrics(), failure: broken });
    await shoot("form");
    for (const part of ["lab-plot", "lab-result", "lab-past"]) {
      await page.getByTestId(part).evaluate((element) => element.closest(".card")?.scrollIntoView());
      await shoot(part);
    }
    expect(await page.evaluate(findPaleTexts)).toEqual([]);
    const fits = await page.evaluate(() => {
      const lab = document.querySelector(".lab");
      const { scrollWidth, scrollHeight } = document.documentElement;
      return scrollWidth <= innerWidth && scrollHeight <= innerHeight && lab && lab.scrollWidth <= lab.clientWidth;
    });
    expect(fits).toBe(true);
  });
});

declare global {
  interface Window {
    /** Names of elements that changed although they are not part of the plots and their figures. */
    mutatedOutside: string[];
  }
}

/** How many colours each plot has. Runs in the page. */
function countPlotColors(): number[] {
  return [...document.querySelectorAll<HTMLCanvasElement>(".lab canvas")].map((canvas) => {
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return new Set(new Uint32Array(Uint8ClampedArray.from(pixels).buffer)).size;
  });
}

/** Notes what changes in the page outside of the plots. Runs in the page. */
function watchMutations(): void {
  window.mutatedOutside = [];
  new MutationObserver((records) => {
    for (const { target } of records) {
      const element = target instanceof Element ? target : target.parentElement;
      if (element && !element.closest(".uplot, .lab-figures")) window.mutatedOutside.push(element.className);
    }
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}

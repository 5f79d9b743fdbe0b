import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { settingsSchema } from "../../src-shared/settings.ts";
import { describeField, findPaleTexts } from "./look-at-page.ts";
import { snapshotEvent } from "./snapshots.ts";
import { describeWindow, type OpenOptions } from "./window-fixture.ts";

/** Where to look at the engines. */
const SCREENSHOTS = join(tmpdir(), "repartee-window");
/** How much weaker than it was played the page's sound comes back in these tests. */
const ECHO_LOSS_DB = 30;
const ROOM_NOISE_DB = -60;

describeWindow("settings and echo test", ({ openPage, emit, inputsOf, untilLive }) => {
  let page: Page;

  async function open(options: OpenOptions = {}): Promise<void> {
    page = await openPage(options);
  }
  async function openSettings(options: OpenOptions = {}): Promise<void> {
    await open(options);
    await page.getByTestId("settings-open").click();
  }
  const lastUpdate = async (): Promise<unknown> => (await inputsOf("update-settings")).at(-1);

  test("how turns are taken is set by choices that hold at once", async () => {
    await openSettings();
    for (const [choose, patch] of [
      [() => page.getByLabel("Hold to talk", { exact: true }).check(), { mode: "push-to-talk" }],
      [() => page.getByLabel("Patient", { exact: true }).check(), { patience: "patient" }],
      [() => page.getByLabel("End of your turn").selectOption("smart-turn"), { endOfTurn: "smart-turn" }],
      [() => page.getByLabel("Flight recorder").selectOption("facts"), { recorder: "facts" }],
      [() => page.getByLabel("Soft sounds").check(), { earcons: true }],
      [() => page.getByLabel("A short word").uncheck(), { acknowledgements: false }],
    ] as const) {
      await choose();
      await expect.poll(lastUpdate).toEqual(patch);
    }
    const text = await page.getByTestId("settings").textContent();
    expect(text).toContain("repartee models get smart-turn");
    expect(text).toContain("everything you say");
  });

  test("the wake phrase is saved when it is left, and one that cannot be heard is said and not saved", async () => {
    await openSettings();
    expect(await page.getByTestId("wake-phrase").count()).toBe(0);
    await page.getByLabel("Wake phrase", { exact: true }).check();
    const field = page.getByTestId("wake-phrase");
    await field.fill("!!");
    await field.press("Enter");
    expect(await field.evaluate(describeField)).toMatch(/^wrong: .*letters/);
    await field.fill(" Hello there ");
    await field.press("Enter");
    await expect
      .poll(() => inputsOf("update-settings"))
      .toEqual([{ mode: "wake-phrase" }, { wakePhrase: "Hello there" }]);
    expect(await field.inputValue()).toBe("Hello there");
  });

  test("engines: a server needs its address, says what leaves the machine, and is saved with the button", async () => {
    await openSettings();
    const recognition = page.getByRole("group", { name: "You are understood by" });
    const speech = page.getByRole("group", { name: "Answers are spoken by" });
    expect(await recognition.textContent()).toContain("Nothing you say leaves this machine");
    expect(await page.getByTestId("engines").getByRole("textbox").count()).toBe(0);
    await recognition.getByRole("combobox").selectOption("openai");
    expect(await recognition.textContent()).toContain("is sent to this server as sound");
    expect(await page.getByTestId("save-engines").isDisabled()).toBe(true);
    const addresses = recognition.getByLabel("Addresses");
    expect(await addresses.evaluate(describeField)).toContain("To be saved, it needs the address of a server.");
    expect(await recognition.getByRole("alert").count()).toBe(0);
    await addresses.fill("ws://127.0.0.1:8000");
    expect(await addresses.evaluate(describeField)).toMatch(/^wrong: .* http or https/);
    expect(await recognition.getByRole("alert").count()).toBe(1);
    await addresses.fill("http://127.0.0.1:8000/v1  https://api.example/v1 ");
    expect(await addresses.evaluate(describeField)).toMatch(/^Separated/);
    const key = recognition.getByLabel("Key");
    expect(await key.getAttribute("type")).toBe("password");
    await key.fill("secret");
    await recognition.getByLabel("Model").fill("whisper-2");
    await speech.getByRole("combobox").selectOption("moshi");
    expect(await speech.textContent()).toContain("The text of every answer is sent to this server.");
    expect(await speech.getByLabel("Model").count()).toBe(0);
    await speech.getByRole("combobox").selectOption("vibevoice");
    expect(await speech.getByLabel("Key").count()).toBe(0);
    await speech.getByRole("combobox").selectOption("moshi");
    await speech.getByLabel("Address").fill("ws://gpu.example:8089");
    await speech.getByLabel("Voice").fill("cara");
    await page.getByLabel("Go on with the built-in engine").uncheck();
    expect(await inputsOf("update-settings")).toEqual([]);
    await page.getByTestId("save-engines").click();
    const urls = ["http://127.0.0.1:8000/v1", "https://api.example/v1"];
    await expect.poll(lastUpdate).toEqual({
      recognition: { engine: "openai", urls, apiKey: "secret", model: "whisper-2", delayFrames: 6 },
      speech: { engine: "moshi", urls: ["ws://gpu.example:8089"], apiKey: "", model: "", voice: "cara" },
      useEmbeddedOnFailure: false,
    });
    const note = page.getByTestId("engines").getByRole("status");
    await expect.poll(() => note.textContent()).toBe("Saved.");
    await key.fill("another");
    expect(await note.textContent()).toBe("");
  });

  test("the model of a moshi server is chosen by how late its words come", async () => {
    await openSettings();
    const recognition = page.getByTestId("engine-recognition");
    await recognition.getByLabel("You are understood by").selectOption("moshi");
    await recognition.getByLabel("Address").fill("ws://gpu.example:8080");
    await recognition.getByLabel("Model of the server").selectOption("32");
    await page.getByTestId("save-engines").click();
    await expect.poll(lastUpdate).toMatchObject({ recognition: { engine: "moshi", delayFrames: 32 } });
  });

  test("an address or key of one server is not taken over to another engine", async () => {
    await openSettings();
    const recognition = page.getByTestId("engine-recognition");
    await recognition.getByLabel("You are understood by").selectOption("openai");
    await recognition.getByLabel("Addresses").fill("http://127.0.0.1:8000");
    await recognition.getByLabel("Key").fill("secret");
    await recognition.getByLabel("You are understood by").selectOption("moshi");
    expect(await recognition.getByLabel("Address").inputValue()).toBe("");
    expect(await recognition.getByLabel("Key").inputValue()).toBe("");
    await recognition.getByLabel("You are understood by").selectOption("embedded");
    await page.getByTestId("save-engines").click();
    await expect
      .poll(lastUpdate)
      .toMatchObject({ recognition: { engine: "embedded", urls: [], apiKey: "" }, useEmbeddedOnFailure: true });
  });

  test.each(
    (["light", "dark"] as const).flatMap((colorScheme) => [
      // As high as the forms, so that a picture shows all of one.
      { colorScheme, viewport: { width: 900, height: 3_000 } },
      { colorScheme, viewport: { width: 480, height: 3_000 } },
    ]),
  )("the forms can be read and fit, with what is wrong ($colorScheme, $viewport.width wide)", async (options) => {
    await openSettings(options);
    const long = "https://a-server-with-a-long-name.example/v1";
    const [conversation, engines] = [page.getByTestId("conversation"), page.getByTestId("engines")];
    const [recognition, speech] = [page.getByTestId("engine-recognition"), page.getByTestId("engine-speech")];
    const states: Record<string, () => Promise<unknown>> = {
      missing: async () => {
        await conversation.getByRole("combobox").selectOption("chat");
        await recognition.getByRole("combobox").selectOption("moshi");
        await speech.getByRole("combobox").selectOption("openai");
      },
      wrong: async () => {
        await page.getByTestId("conversation-url").fill("nowhere");
        await page.getByTestId("engine-recognition-address").fill(long.repeat(3).replaceAll("/", ""));
        await page.getByTestId("engine-speech-address").fill("ws://127.0.0.1:3000");
        await page.getByTestId("base-url").fill("nowhere");
      },
      right: async () => {
        await conversation.getByRole("combobox").selectOption("command");
        await page.getByTestId("conversation-command").fill(`ssh gpu 'moshi stdio' ${long.repeat(3)}`);
        await page.getByTestId("engine-recognition-address").fill(long);
        await page.getByTestId("engine-speech-address").fill(`http://127.0.0.1:8000/v1 ${long}`);
        await page.getByTestId("save-engines").click();
        await expect.poll(() => engines.getByRole("status").textContent()).toBe("Saved.");
      },
    };
    for (const [state, reach] of Object.entries(states)) {
      await reach();
      expect({ state, pale: await page.evaluate(findPaleTexts) }).toEqual({ state, pale: [] });
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      for (const form of ["conversation", "engines", "language-model"]) {
        const name = `${form}-${state}-${options.colorScheme}-${options.viewport.width}.png`;
        await page.getByTestId(form).screenshot({ path: join(SCREENSHOTS, name) });
      }
    }
  });

  test("of patience it shows what was measured, and nothing that was not", async () => {
    await openSettings();
    const figures = await page.getByTestId("patience-figures").textContent();
    const isMeasured = (await page.getByTestId("patience-plot").count()) > 0;
    expect(figures).toMatch(isMeasured ? /Measured: an answer after \d+ ms/ : /not been measured yet/);
    if (isMeasured) expect(await page.locator(".patience-plot canvas").count()).toBe(1);
  });

  test("the sound check tells what the browser does with the microphone, and how the sound runs", async () => {
    await openSettings();
    await untilLive();
    await expect.poll(() => page.getByTestId("diagnostics").textContent()).toContain("echo cancellation");
    const text = await page.getByTestId("diagnostics").textContent();
    expect(text).toMatch(/Fake Default Audio Input.*44.1 kHz, 2 channels/);
    expect(text).toMatch(/24 kHz, latency \d+ ms, (running|held back)/);
    expect(text).toContain("not tested with this speaker");
    expect(await inputsOf("report-output")).toContainEqual({ label: "Fake Default Audio Output" });
    expect(text).toContain("You can interrupt at any time.");
  });

  test("the echo test measures what comes back, with the conversation paused, and shows it", async () => {
    await openSettings({ prepare: hearItself });
    await untilLive();
    await page.getByTestId("test-echo").click();
    await expect.poll(() => measuredLosses(), { timeout: 15_000 }).toHaveLength(1);
    const [lossDb = 0] = await measuredLosses();
    // What the page takes out by itself comes on top.
    expect(lossDb).toBeGreaterThan(ECHO_LOSS_DB - 2);
    expect(lossDb).toBeLessThan(ECHO_LOSS_DB + 50);
    expect(await inputsOf("test-echo")).toEqual([{ running: true }, { running: false }]);
    await expect.poll(() => page.getByTestId("test-echo").isEnabled()).toBe(true);
    await emit({
      kind: "settings",
      settings: settingsSchema.parse({ echoReturnLossDb: await lossByOutput(lossDb) }),
    });
    await expect.poll(() => page.getByTestId("diagnostics").textContent()).toContain("dB weaker than it was played");
    await emit(snapshotEvent({ state: "speaking" }));
    await expect.poll(() => page.getByTestId("test-echo").isEnabled()).toBe(false);
  });

  test("half duplex is said in the window with what helps, guarded duplex in the sound check only", async () => {
    await openSettings();
    await untilLive();
    await emit(snapshotEvent({ duplex: "guarded" }));
    await expect.poll(() => page.getByTestId("diagnostics").textContent()).toContain("speak a little clearer");
    expect(await page.getByTestId("echo-notice").count()).toBe(0);
    await emit(snapshotEvent({ duplex: "half" }));
    expect(await page.getByTestId("echo-notice").textContent()).toContain("while I talk, only “stop” or Esc");
    await page.getByTestId("echo-notice-test").click();
    expect(await page.getByTestId("echo-notice").textContent()).toContain("test sound");
    await page.getByTestId("echo-forgo").click();
    await expect.poll(() => page.getByTestId("echo-notice").textContent()).toContain("headphones");
  });

  async function measuredLosses(): Promise<number[]> {
    const reports = (await inputsOf("report-output")) as { echoReturnLossDb?: number }[];
    return reports.flatMap(({ echoReturnLossDb }) => echoReturnLossDb ?? []);
  }
  async function lossByOutput(lossDb: number): Promise<Record<string, number>> {
    const reports = (await inputsOf("report-output")) as { label: string }[];
    return { [reports.at(-1)?.label ?? ""]: lossDb };
  }
});

/**
 * Gives the page a microphone that hears what the page plays, after 80 ms, and the noise of a room: without any, the page takes out more of
 * the echo the more evenly the machine runs.
 */
async function hearItself(page: Page): Promise<void> {
  await page.addInitScript(
    ({ lossRatio, noiseAmplitude }) => {
      const connect = Reflect.get(AudioNode.prototype, "connect") as (this: AudioNode, to: AudioNode) => AudioNode;
      const heard = Promise.withResolvers<MediaStream>();
      function connectAndEcho(this: AudioNode, to: AudioNode): AudioNode {
        if (to instanceof AudioDestinationNode) {
          const delay = new DelayNode(to.context, { delayTime: 0.08 });
          const loss = new GainNode(to.context, { gain: lossRatio });
          const microphone = new MediaStreamAudioDestinationNode(to.context as AudioContext);
          connect.call(this, delay);
          connect.call(delay, loss);
          connect.call(loss, microphone);
          const second = new AudioBuffer({ length: to.context.sampleRate, sampleRate: to.context.sampleRate });
          second.copyToChannel(
            Float32Array.from({ length: second.length }, () => (Math.random() - 0.5) * 2 * noiseAmplitude),
            0,
          );
          const noise = new AudioBufferSourceNode(to.context, { buffer: second, loop: true });
          connect.call(noise, microphone);
          noise.start();
          heard.resolve(microphone.stream);
        }
        return connect.call(this, to);
      }
      Object.assign(AudioNode.prototype, { connect: connectAndEcho });
      navigator.mediaDevices.getUserMedia = async () => (await heard.promise).clone();
    },
    { lossRatio: 10 ** (-ECHO_LOSS_DB / 20), noiseAmplitude: 10 ** (ROOM_NOISE_DB / 20) },
  );
}

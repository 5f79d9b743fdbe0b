import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { failure } from "../../src-shared/failure.ts";
import { describeField } from "./look-at-page.ts";
import { snapshotEvent } from "./snapshots.ts";
import { describeWindow } from "./window-fixture.ts";

describeWindow("a conversation that another engine holds", ({ openPage, emit, inputsOf }) => {
  let page: Page;

  async function openSettings(): Promise<void> {
    page = await openPage();
    await page.getByTestId("settings-open").click();
  }
  const choose = (name: string) => page.getByLabel("Conversation held by").selectOption(name);
  const save = () => page.getByTestId("save-conversation").click();
  const canSave = () => page.getByTestId("save-conversation").isEnabled();
  const lastUpdate = async (): Promise<unknown> => (await inputsOf("update-settings")).at(-1);
  const ownWords = { url: "", voicePrompt: "", textPrompt: "" };

  test("a program is chosen by its command line, which is shown as it is understood", async () => {
    await openSettings();
    expect(await page.getByTestId("conversation").textContent()).toContain("nothing leaves this machine");
    await choose("command");
    expect(await page.getByTestId("conversation").textContent()).toContain("everything the microphone hears");
    expect(await canSave()).toBe(false);
    const line = page.getByTestId("conversation-command");
    const alert = page.getByTestId("conversation").getByRole("alert");
    expect(await line.evaluate(describeField)).toContain("To be saved, it needs a program");
    expect(await alert.count()).toBe(0);
    await line.fill("ssh gpu 'moshi stdio");
    await expect.poll(() => line.evaluate(describeField)).toContain("wrong: A quotation mark is not closed.");
    expect(await alert.count()).toBe(1);
    expect(await canSave()).toBe(false);
    await line.fill("ssh  gpu 'moshi stdio' --seed 3");
    expect(await page.getByTestId("conversation-starts").locator("code").allTextContents()).toEqual([
      "ssh",
      "gpu",
      "moshi stdio",
      "--seed",
      "3",
    ]);
    await save();
    const command = ["ssh", "gpu", "moshi stdio", "--seed", "3"];
    await expect.poll(lastUpdate).toEqual({ conversation: { engine: "command", command, ...ownWords } });
    expect(await page.getByTestId("conversation").textContent()).toContain("Saved.");
  });

  test("a server is chosen by its address, with what PersonaPlex is told", async () => {
    await openSettings();
    await choose("chat");
    const text = await page.getByTestId("conversation").textContent();
    expect(text).toContain("this server gets everything the microphone hears");
    const address = page.getByLabel("Address", { exact: true }).and(page.getByTestId("conversation-url"));
    expect(await address.evaluate(describeField)).toBe("To be saved, it needs the address of a server.");
    await address.fill("gpu:8998");
    await expect.poll(() => address.evaluate(describeField)).toContain("wrong: This is not a ws");
    await address.fill("wss://gpu:8998");
    await page.getByLabel("Voice (PersonaPlex)").fill("NATF0.pt");
    await page.getByLabel("Who it is (PersonaPlex)").fill("You teach.");
    await save();
    await expect.poll(lastUpdate).toEqual({
      conversation: {
        engine: "chat",
        command: [],
        url: "wss://gpu:8998",
        voicePrompt: "NATF0.pt",
        textPrompt: "You teach.",
      },
    });
    await choose("own");
    await save();
    await expect.poll(lastUpdate).toMatchObject({ conversation: { engine: "own", url: "wss://gpu:8998" } });
  });

  test("what it says is shown while it comes, what was not heard is struck out, and a failure has its sentence", async () => {
    page = await openPage();
    const entry = {
      turnId: -1,
      origin: "spoken",
      transcript: "",
      transcriptIsFinal: true,
      reply: "Hello",
      heard: "",
      interrupted: false,
      marks: { firstTokenAtMs: 1 },
    } as const;
    const reply = page.getByTestId("reply");
    await emit(snapshotEvent({ state: "speaking", turns: [entry] }));
    await expect.poll(() => reply.textContent()).toContain("Hello");
    expect(await page.getByTestId("said").count()).toBe(0);
    await emit(snapshotEvent({ turns: [{ ...entry, reply: "Hello there you", heard: "Hello", interrupted: true }] }));
    await expect.poll(() => reply.locator("s").textContent()).toBe(" there you");
    const detail = "conversation: it ended by SIGKILL (source-lost)";
    await emit(snapshotEvent({ failure: failure("engine-replaced", "wire", detail, true) }));
    await expect.poll(() => page.getByTestId("failure").filter({ hasText: detail }).count()).toBe(1);
  });
});

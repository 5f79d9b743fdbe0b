import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CAPTURE_RATE_HZ, PLAYBACK_RATE_HZ } from "../src-shared/audio-format.ts";
import type { SettingsPatch } from "../src-shared/settings.ts";
import type { TurnView } from "../src-shared/turn-view.ts";
import { composeAssistant, type Composition } from "../src-main/compose.ts";
import { createOggOpusStreamDecoder } from "../src-main/play/decode/ogg-opus-stream-decoder.ts";
import type { RunningServer } from "../src-main/serve/start-server.ts";
import { nowMs } from "../src-main/session-clock.ts";
import { runTalkSession } from "../src-main/talk-session.ts";
import { sttServer } from "../src-main/wire/moshi-stt/stt-server.ts";
import { ttsServer } from "../src-main/wire/moshi-tts/tts-server.ts";
import { spokenText, withSilence } from "./fixtures/speech.ts";
import { startCuttingProxy, type CuttingProxy } from "./wire/cutting-proxy.ts";
import { FakeEngines, type FakeListening } from "./wire/fake-engines.ts";
import { startTestServer } from "./wire/start-test-server.ts";

const KEY = "a-key-that-nobody-may-see";

let engines: FakeEngines;
let server: RunningServer;
let proxy: CuttingProxy;
let folder: string;
let composition: Composition;

beforeEach(async () => {
  engines = new FakeEngines();
  engines.onWrite = hearAll;
  engines.onFlush = hearHello;
  const recognition = sttServer({
    engines,
    createOggOpusDecoder: createOggOpusStreamDecoder,
    batchSize: 4,
    mostBufferedSamples: 1e9,
  });
  server = await startTestServer([recognition, ttsServer({ engines, batchSize: 4 })], { keys: [KEY] });
  proxy = await startCuttingProxy(server.port);
  const urls = [`ws://127.0.0.1:${proxy.port}`];
  const settings: SettingsPatch = {
    recognition: { engine: "moshi", urls, apiKey: KEY, model: "", delayFrames: 6 },
    speech: { engine: "moshi", urls, apiKey: KEY, model: "", voice: "kal" },
    endOfTurn: "moshi",
  };
  folder = mkdtempSync(join(tmpdir(), "repartee-distant-"));
  writeFileSync(join(folder, "settings.json"), JSON.stringify(settings));
  composition = await composeAssistant({ folder });
  expect((await composition.assistant.ready).ok).toBe(true);
});

afterEach(async () => {
  await composition.assistant.close();
  await proxy.close();
  await server.end();
  rmSync(folder, { recursive: true, force: true });
});

function hearAll(listening: FakeListening, pcm: Float32Array): void {
  const heardMs = listening.written.reduce((sum, { length }) => sum + length, 0) / (CAPTURE_RATE_HZ / 1000);
  const isSpeech = pcm.some((sample) => Math.abs(sample) > 0.01);
  const silenceMs = isSpeech ? 0 : 100;
  listening.tell({ kind: "heard", heardMs, isSpeech, silenceMs, endProbability: isSpeech ? 0 : 1 });
}

/** Whatever was said, the server hears a greeting. */
function hearHello(listening: FakeListening): void {
  const samples = listening.written.reduce((sum, { length }) => sum + length, 0);
  const startMs = samples / (CAPTURE_RATE_HZ / 1000) - 500;
  listening.tell({ kind: "word", word: { text: "Hello!", startMs, endMs: startMs + 300 } });
}

/** A turn that is spoken: "What time is it?" */
async function ask(): Promise<TurnView | undefined> {
  const { assistant, player } = composition;
  const pcm = withSilence(await spokenText("What time is it?", "slt", CAPTURE_RATE_HZ), CAPTURE_RATE_HZ, 500, 500);
  const originAtMs = nowMs();
  player.attach({ kind: "null", originAtMs });
  const turns = await runTalkSession(assistant, { microphone: [pcm], originAtMs, onTurn: () => undefined });
  return turns.at(-1);
}

test("when the server dies in mid-conversation, the conversation goes on with the embedded engines", async () => {
  const { assistant } = composition;
  expect(await ask()).toMatchObject({ transcript: "Hello!", reply: "Hello.", heard: "Hello." });
  expect(engines.spokenTexts.join(" ")).toContain("Hello.");
  expect(engines.styles[0]?.voice).toBe("kal");
  expect(assistant.snapshot.failure).toBeUndefined();
  await server.end();
  const turn = await ask();
  expect(turn?.transcript.toLowerCase()).toContain("time");
  expect(turn?.reply).toMatch(/\d/);
  expect(turn?.heard).toBe(turn?.reply);
  expect(turn?.failure).toBeUndefined();
  const { failure, state } = assistant.snapshot;
  expect([failure?.code, state]).toEqual(["engine-replaced", "listening"]);
  for (const part of ["speech recognition: ", "voice: "]) expect(failure?.detail).toContain(part);
  expect(JSON.stringify(assistant.snapshot)).not.toContain(KEY);
  await assistant.request("update-settings", {
    recognition: { engine: "embedded", urls: [], apiKey: "", model: "", delayFrames: 6 },
    speech: { engine: "embedded", urls: [], apiKey: "", model: "", voice: "" },
    endOfTurn: "embedded",
  });
  expect(assistant.snapshot.failure).toBeUndefined();
}, 60_000);

test("when the server dies in mid-sentence, nothing is said twice and the embedded voice goes on", async () => {
  const { assistant, player } = composition;
  player.attach({ kind: "null", originAtMs: nowMs() });
  engines.samplesOfWord = PLAYBACK_RATE_HZ / 5;
  let words = 0;
  engines.beforeWord = async () => {
    await new Promise((resolve) => void setTimeout(resolve, 50));
    if (++words > 4) proxy.cutAll();
  };
  await assistant.request("type-text", { text: "what can you do" });
  const turn = () => assistant.snapshot.turns.at(-1);
  await expect.poll(() => turn()?.heard, { timeout: 20_000 }).toContain("alarms");
  expect(engines.spokenTexts.join(" ")).not.toContain("alarms");
  expect(turn()?.failure).toMatchObject({ code: "speak-failed" });
  expect(assistant.snapshot.failure).toMatchObject({ code: "engine-replaced", stage: "speak" });
  await assistant.request("stop-speaking", {});
  await expect.poll(() => assistant.snapshot.state).toBe("listening");
  engines.beforeWord = () => undefined;
}, 60_000);

test("without the embedded engines in reserve the user is told, and nothing is spoken", async () => {
  const { assistant, player } = composition;
  player.attach({ kind: "null", originAtMs: nowMs() });
  await assistant.request("update-settings", { useEmbeddedOnFailure: false });
  await server.end();
  await assistant.request("type-text", { text: "hello" });
  const turn = () => assistant.snapshot.turns.at(-1);
  await expect.poll(() => turn()?.failure?.code, { timeout: 20_000 }).toBe("speak-failed");
  expect(assistant.snapshot.failure).toMatchObject({ code: "engine-unusable", stage: "speak" });
  expect(turn()?.heard).toBe("");
}, 60_000);

import { expect, test } from "vitest";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { failed, succeeded } from "../../src-shared/failure.ts";
import { settle } from "../fakes/fake-stages.ts";
import { startAssistant } from "../fakes/talking-assistant.ts";
import { CHAT } from "./duplex-fixture.ts";
import { LOST } from "./fake-engine.ts";

const LAB_RUN = {
  source: { kind: "text", text: "Hello." },
  startPolicy: { kind: "adaptive" },
  jitter: "",
  chunkBytes: 0,
  seed: 1,
};

test("the microphone goes to who holds the conversation, and a change of the settings switches at once", async () => {
  const talk = await startAssistant();
  expect(talk.snapshot.state).toBe("listening");
  expect(await talk.frames()).toEqual({ own: 0, engine: 10 });
  await talk.request("update-settings", { conversation: { ...CHAT, engine: "own" } });
  expect(await talk.frames()).toEqual({ own: 10, engine: 0 });
  expect(talk.engine.isClosed).toBe(true);
  await talk.request("update-settings", { conversation: CHAT });
  expect(talk.snapshot.state).toBe("starting");
  expect(await talk.frames()).toEqual({ own: 0, engine: 10 });
});

test("muted or paused, nothing is fed to the engine", async () => {
  const talk = await startAssistant();
  for (const [name, on, off, state] of [
    ["set-muted", { muted: true }, { muted: false }, "muted"],
    ["set-paused", { paused: true }, { paused: false }, "paused"],
  ] as const) {
    await talk.request(name, on);
    expect(talk.snapshot.state).toBe(state);
    expect(await talk.frames()).toEqual({ own: 0, engine: 0 });
    await talk.request(name, off);
    expect(await talk.frames()).toEqual({ own: 0, engine: 10 });
  }
});

test("whatever ends a pause ends it for the engine too", async () => {
  const talk = await startAssistant();
  for (const [name, input] of [
    ["stop-speaking", {}],
    ["type-text", { text: "What time is it?" }],
  ] as const) {
    await talk.request("set-paused", { paused: true });
    await talk.request(name, input);
    expect(talk.snapshot.paused).toBe(false);
    expect((await talk.frames()).engine).toBe(10);
  }
});

test("an experiment in the lab leaves a pause as it is", async () => {
  const talk = await startAssistant();
  await talk.request("set-paused", { paused: true });
  await talk.request("lab-play", LAB_RUN);
  expect(talk.snapshot.paused).toBe(true);
});

test("a detector that crashed and was started anew leaves no failure; one that is gone does", async () => {
  const talk = await startAssistant({});
  talk.detector.answer = failed("detect-failed", "detect", "crashed", true);
  await talk.frames(1);
  expect(talk.snapshot.state).toBe("listening");
  talk.detector.answer = failed("detect-failed", "detect", "crashed six times");
  await talk.frames(1);
  expect(talk.snapshot).toMatchObject({ state: "failed", failure: { code: "detect-failed" } });
});

test("a microphone that is lost is no trouble while it is muted anyway", async () => {
  const talk = await startAssistant({});
  await talk.request("report-microphone", { status: "lost", label: "USB" });
  expect(talk.snapshot.state).toBe("failed");
  await talk.request("set-muted", { muted: true });
  expect(talk.snapshot.state).toBe("muted");
});

test("what the engine says is among the turns, and stopping it is told to it alone", async () => {
  const talk = await startAssistant();
  const ended: TurnView[] = [];
  talk.assistant.onTurnEnded((turn) => ended.push(turn));
  talk.engine.output.text(" Hello");
  talk.engine.output.write(new Float32Array(1_920).fill(0.5));
  expect(talk.snapshot).toMatchObject({ state: "speaking", turns: [{ reply: "Hello", interrupted: false }] });
  await talk.request("stop-speaking", {});
  talk.engine.output.text(" there");
  expect(talk.snapshot.turns).toMatchObject([{ reply: "Hello there", heard: "", interrupted: true }]);
  await talk.clock.advanceTo(talk.clock.nowMs() + 1_500);
  expect(ended).toMatchObject([{ reply: "Hello there" }]);
  await talk.request("type-text", { text: "What time is it?" });
  await settle();
  expect(talk.snapshot.turns).toMatchObject([{ reply: "Hello there" }, { origin: "typed" }]);
});

test("a stop phrase silences who speaks: the engine, and our own answer to what was typed", async () => {
  const talk = await startAssistant();
  talk.transcriber.answer = succeeded("Stop.");
  await talk.frames(20, 0);
  talk.engine.output.text(" Hello");
  talk.engine.output.write(new Float32Array(1_920).fill(0.5));
  await talk.request("type-text", { text: "What time is it?" });
  expect(await talk.frames(10, 0.9)).toEqual({ own: 0, engine: 10 });
  await talk.frames(10, 0);
  expect(talk.snapshot).toMatchObject({ state: "listening", turns: [{ interrupted: true }, { interrupted: true }] });
});

test("the talk key and the key that ends the turn decide what the engine hears, and muting it comes first", async () => {
  const talk = await startAssistant({ conversation: CHAT, mode: "push-to-talk" });
  expect(talk.snapshot.state).toBe("ready");
  for (const [name, input, state] of [
    ["talk-key", { pressed: true }, "hearing"],
    ["done", {}, "ready"],
    ["talk-key", { pressed: false }, "ready"],
    ["talk-key", { pressed: true }, "hearing"],
    ["set-muted", { muted: true }, "muted"],
  ] as const) {
    await talk.request(name, input);
    expect(talk.snapshot.state).toBe(state);
    await talk.frames(1);
    expect(talk.engine.heard.at(-1)?.some(Boolean)).toBe(state === "hearing" || state === "muted");
  }
  expect(talk.snapshot.turns).toEqual([]);
});

test("hands-free, the talk key is for our own conversation alone", async () => {
  const talk = await startAssistant();
  await talk.request("talk-key", { pressed: true });
  expect(talk.snapshot).toMatchObject({ state: "listening", turns: [] });
  await talk.request("talk-key", { pressed: false });
  await talk.request("update-settings", { conversation: { ...CHAT, engine: "own" } });
  await talk.request("talk-key", { pressed: true });
  expect(talk.snapshot.state).toBe("hearing");
});

test("when it fails, our own conversation takes over and that is said", async () => {
  const talk = await startAssistant();
  talk.engine.tell({ kind: "failed", failure: LOST });
  expect(talk.snapshot).toMatchObject({ state: "listening", failure: { code: "engine-replaced" } });
  expect(await talk.frames()).toEqual({ own: 10, engine: 0 });
  await talk.request("update-settings", { volumeRatio: 0.5 });
  expect(talk.engines).toHaveLength(1);
  await talk.request("update-settings", { conversation: CHAT });
  expect(talk.engines).toHaveLength(2);
  expect(talk.snapshot.failure).toBeUndefined();
});

test("when it fails and nobody may take over, that is said and nobody hears the microphone", async () => {
  const talk = await startAssistant({ conversation: CHAT, useEmbeddedOnFailure: false });
  talk.engine.tell({ kind: "failed", failure: LOST });
  expect(talk.snapshot).toMatchObject({ state: "failed", failure: { code: "engine-unusable" } });
  expect((await talk.frames()).own).toBe(0);
});

import { expect, onTestFinished, test } from "vitest";
import type { AssistantSnapshot } from "../../src-shared/turn-view.ts";
import { CAPTURE_FRAME_SAMPLES, FRAME_MS } from "../../src-shared/audio-format.ts";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { settingsSchema, type Settings, type SettingsPatch } from "../../src-shared/settings.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { Assistant } from "../../src-main/assistant.ts";
import { DuplexConversation } from "../../src-main/duplex/duplex-conversation.ts";
import { PulledPlayer } from "../../src-main/play/pulled-player.ts";
import {
  FakeClock,
  FakeDetector,
  FakePredictor,
  FakeResponder,
  FakeSynthesizer,
  FakeTranscriber,
  settle,
} from "../fakes/fake-stages.ts";
import { CHAT } from "./duplex-fixture.ts";
import { fakeOpener, LOST, type FakeEngine } from "./fake-engine.ts";

const LAB_RUN = {
  source: { kind: "text", text: "Hello." },
  startPolicy: { kind: "adaptive" },
  jitter: "",
  chunkBytes: 0,
  seed: 1,
};

/** Counts what our own conversation hears. */
class CountingPredictor extends FakePredictor {
  frames = 0;
  override hear(): void {
    this.frames++;
  }
}

/** Answers what it is told, if anything. */
class BreakableDetector extends FakeDetector {
  answer: Outcome<number> | undefined;
  override async detect(frame: Float32Array): Promise<Outcome<number>> {
    return this.answer ?? super.detect(frame);
  }
}

/** An assistant on fake stages and fake engines, as a shell has it. */
class TalkingAssistant {
  readonly clock = new FakeClock();
  readonly predictor = new CountingPredictor();
  readonly transcriber = new FakeTranscriber();
  readonly engines: FakeEngine[] = [];
  readonly detector = new BreakableDetector();
  readonly speakers: unknown[] = [];
  labStops = 0;
  readonly microphone = { onMicrophoneFrame: (_: { pcm: Float32Array; endedAtMs: number }) => undefined as void };
  readonly assistant: Assistant;
  #settings: Settings;
  #endedAtMs = 1_000;

  constructor(patch: SettingsPatch) {
    this.#settings = settingsSchema.parse(patch);
    const player = new PulledPlayer(() => this.clock.nowMs());
    const settings = () => this.#settings;
    const listeners: ((settings: Settings) => void)[] = [];
    const nothing = () => undefined;
    const ear = { detector: this.detector, transcriber: this.transcriber };
    this.assistant = new Assistant({
      stages: {
        clock: this.clock,
        ...ear,
        predictor: this.predictor,
        responder: new FakeResponder(),
        synthesizer: new FakeSynthesizer(),
        player,
        speaking: () => ({ voice: "slt", rateRatio: 1, volumeRatio: 0.8 }),
      },
      settings: {
        get current() {
          return settings();
        },
        update: async (change) => {
          this.#settings = settingsSchema.parse({ ...this.#settings, ...change });
          for (const listener of listeners) listener(this.#settings);
          return succeeded(this.#settings);
        },
        onChange: (listener) => listeners.push(listener),
      },
      timers: { list: () => [], cancel: nothing, onChange: nothing, onDue: nothing },
      lab: { play: () => succeeded(null), stop: () => void this.labStops++, onEvent: nothing },
      recorder: { stepped: nothing, turnEnded: nothing, heard: nothing },
      duplex: new DuplexConversation({ clock: this.clock, player, ear, settings, open: fakeOpener(this.engines) }),
      engines: Promise.resolve(succeeded(null)),
      attachSpeaker: (session) => this.speakers.push(session),
      close: () => player.close(),
    });
    this.assistant.attachMicrophone(this.microphone);
    onTestFinished(() => this.assistant.close());
  }

  get snapshot(): AssistantSnapshot {
    return this.assistant.snapshot;
  }

  get engine(): FakeEngine {
    return this.engines.at(-1) as FakeEngine;
  }

  get #engineFrames(): number {
    return this.engines.at(-1)?.heard.length ?? 0;
  }

  /** So many frames came in the meantime: to our own conversation, and to the engine. */
  async frames(count = 10, amplitude = 0.1): Promise<{ own: number; engine: number }> {
    const before = { own: this.predictor.frames, engine: this.#engineFrames };
    for (let frame = 0; frame < count; frame++) {
      this.#endedAtMs += FRAME_MS;
      this.microphone.onMicrophoneFrame({
        pcm: new Float32Array(CAPTURE_FRAME_SAMPLES).fill(amplitude),
        endedAtMs: this.#endedAtMs,
      });
      await settle();
    }
    return { own: this.predictor.frames - before.own, engine: this.#engineFrames - before.engine };
  }

  async request(name: string, input: unknown): Promise<void> {
    expect(await this.assistant.request(name, input)).toMatchObject({ ok: true });
  }
}

async function start(patch: SettingsPatch = { conversation: CHAT }): Promise<TalkingAssistant> {
  const talk = new TalkingAssistant(patch);
  await talk.assistant.ready;
  talk.engine?.tell({ kind: "ready" });
  return talk;
}

test("the microphone goes to who holds the conversation, and a change of the settings switches at once", async () => {
  const talk = await start();
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
  const talk = await start();
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
  const talk = await start();
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
  const talk = await start();
  await talk.request("set-paused", { paused: true });
  await talk.request("lab-play", LAB_RUN);
  expect(talk.snapshot.paused).toBe(true);
});

test("when the newest page goes, the one before it is heard and spoken to again", async () => {
  const talk = await start({});
  const page = () => ({ onMicrophoneFrame: () => {}, onSpeakerReport: () => {}, sendSpeakerCommand: () => {} });
  const [first, second] = [page(), page()];
  talk.assistant.attachAudio(first);
  talk.assistant.attachAudio(second);
  talk.assistant.detachAudio(second);
  expect(talk.speakers).toEqual([first, second, undefined, first]);
  talk.assistant.detachAudio(first);
  talk.assistant.detachAudio(second);
  expect(talk.speakers.slice(4)).toEqual([undefined]);
  expect(talk.labStops).toBe(2);
});

test("a detector that crashed and was started anew leaves no failure; one that is gone does", async () => {
  const talk = await start({});
  talk.detector.answer = failed("detect-failed", "detect", "crashed", true);
  await talk.frames(1);
  expect(talk.snapshot.state).toBe("listening");
  talk.detector.answer = failed("detect-failed", "detect", "crashed six times");
  await talk.frames(1);
  expect(talk.snapshot).toMatchObject({ state: "failed", failure: { code: "detect-failed" } });
});

test("a microphone that is lost is no trouble while it is muted anyway", async () => {
  const talk = await start({});
  await talk.request("report-microphone", { status: "lost", label: "USB" });
  expect(talk.snapshot.state).toBe("failed");
  await talk.request("set-muted", { muted: true });
  expect(talk.snapshot.state).toBe("muted");
});

test("what the engine says is among the turns, and stopping it is told to it alone", async () => {
  const talk = await start();
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
  const talk = await start();
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
  const talk = await start({ conversation: CHAT, mode: "push-to-talk" });
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
  const talk = await start();
  await talk.request("talk-key", { pressed: true });
  expect(talk.snapshot).toMatchObject({ state: "listening", turns: [] });
  await talk.request("talk-key", { pressed: false });
  await talk.request("update-settings", { conversation: { ...CHAT, engine: "own" } });
  await talk.request("talk-key", { pressed: true });
  expect(talk.snapshot.state).toBe("hearing");
});

test("when it fails, our own conversation takes over and that is said", async () => {
  const talk = await start();
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
  const talk = await start({ conversation: CHAT, useEmbeddedOnFailure: false });
  talk.engine.tell({ kind: "failed", failure: LOST });
  expect(talk.snapshot).toMatchObject({ state: "failed", failure: { code: "engine-unusable" } });
  expect((await talk.frames()).own).toBe(0);
});

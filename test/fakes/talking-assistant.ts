import { expect, onTestFinished } from "vitest";
import { CAPTURE_FRAME_SAMPLES, FRAME_MS } from "../../src-shared/audio-format.ts";
import { succeeded, type Outcome } from "../../src-shared/failure.ts";
import { settingsSchema, type Settings, type SettingsPatch } from "../../src-shared/settings.ts";
import type { AssistantSnapshot } from "../../src-shared/turn-view.ts";
import { Assistant } from "../../src-main/assistant/assistant.ts";
import { DuplexConversation } from "../../src-main/duplex/duplex-conversation.ts";
import { PulledPlayer } from "../../src-main/play/pulled-player.ts";
import type { AudioSession } from "../../src-main/window/assistant-endpoint.ts";
import { CHAT } from "../duplex/duplex-fixture.ts";
import { fakeOpener, type FakeEngine } from "../duplex/fake-engine.ts";
import {
  FakeClock,
  FakeDetector,
  FakePredictor,
  FakeResponder,
  FakeSynthesizer,
  FakeTranscriber,
  settle,
} from "./fake-stages.ts";

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
export class TalkingAssistant {
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

  async request(name: string, input: unknown, page?: AudioSession): Promise<void> {
    expect(await this.assistant.request(name, input, page)).toMatchObject({ ok: true });
  }
}

/** One that listens, to a microphone without a page unless another is attached. */
export async function startAssistant(patch: SettingsPatch = { conversation: CHAT }): Promise<TalkingAssistant> {
  const talk = new TalkingAssistant(patch);
  await talk.assistant.ready;
  talk.engine?.tell({ kind: "ready" });
  return talk;
}

import { expect, onTestFinished, test } from "vitest";
import { failed, succeeded, type Failure, type Outcome } from "../../../src-shared/failure.ts";
import { PcmRing } from "../../../src-shared/pcm-ring.ts";
import { PulledConversation } from "../../../src-main/serve/conversation/pulled-conversation.ts";
import { DEFAULT_CONDUCT } from "../../../src-main/turn/conduct.ts";
import type { SpeechRequest, SpokenSentence } from "../../../src-main/turn/ports.ts";
import { STEP_SAMPLES } from "../../../src-main/wire/served-conversation.ts";
import { FakeDetector, FakePredictor, FakeResponder, FakeTranscriber } from "../../fakes/fake-stages.ts";

const STEP_MS = 80;
const WORD_SAMPLES = 4_800;

/** 200 ms of steady sound a word. */
class ToneSynthesizer {
  async speak({ text, ring: buffer, generation }: SpeechRequest): Promise<Outcome<SpokenSentence>> {
    const words = text.split(/\s+/).map((word, index) => ({ text: word, endSample: (index + 1) * WORD_SAMPLES }));
    const samples = words.length * WORD_SAMPLES;
    const ring = new PcmRing(buffer);
    ring.beginWriting(generation);
    ring.write(new Float32Array(samples).fill(0.5), 0, samples, generation);
    return succeeded({ samples, chunks: 1, words, firstPcmAtMs: 0, lastPcmAtMs: 0 });
  }
  async close(): Promise<void> {}
}

/** A conversation on fake engines, and the peer that talks to it. */
class Talk {
  readonly detector = new FakeDetector();
  readonly transcriber = new FakeTranscriber();
  readonly responder = new FakeResponder();
  readonly failures: Failure[] = [];
  readonly texts: string[] = [];
  /** For each step, whether anything was heard in it. */
  readonly loud: boolean[] = [];
  readonly #conversation: Promise<PulledConversation>;
  #heardMs = 0;

  /** `speed`: how much faster than real time the audio comes. */
  constructor(speed: number) {
    this.#conversation = PulledConversation.open({
      engines: {
        detector: this.detector,
        transcriber: this.transcriber,
        predictor: new FakePredictor(),
        responder: this.responder,
        synthesizer: new ToneSynthesizer(),
      },
      speaking: () => ({ voice: "slt", rateRatio: 1, volumeRatio: 1 }),
      conduct: DEFAULT_CONDUCT,
      nowMs: () => 1_000 + this.#heardMs / speed,
      onFailure: (failure) => this.failures.push(failure),
    });
    onTestFinished(async () => (await this.#conversation).close());
  }

  async hear(amplitude: number, ms: number): Promise<void> {
    const conversation = await this.#conversation;
    for (let passedMs = 0; passedMs < ms; passedMs += STEP_MS) {
      this.#heardMs += STEP_MS;
      const { output, text } = await conversation.step(new Float32Array(STEP_SAMPLES).fill(amplitude));
      expect(output).toHaveLength(STEP_SAMPLES);
      this.loud.push(output.some((sample) => Math.abs(sample) > 0.05));
      this.texts.push(...text);
      // Engines of tests answer between two packets.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async ask(text: string, replyMs: number): Promise<void> {
    this.transcriber.answer = succeeded(text);
    await this.hear(0, 640);
    await this.hear(0.9, 960);
    await this.hear(0, replyMs);
  }

  async announce(text: string): Promise<void> {
    (await this.#conversation).announce(text);
  }

  get loudMs(): number {
    return this.loud.filter(Boolean).length * STEP_MS;
  }
}

test.each([
  ["at real time", 1],
  ["a thousand times faster", 1_000],
])("%s, a question is answered in sound, and word by word once each word was heard", async (_, speed) => {
  const talk = new Talk(speed);
  talk.responder.parts = [{ kind: "text", text: "It is noon. All is well." }];
  await talk.ask("What time is it?", 3_000);
  expect(talk.texts).toEqual([" It", " is", " noon.", " All", " is", " well."]);
  expect(talk.loudMs).toBeGreaterThanOrEqual(1_200);
  expect(talk.loudMs).toBeLessThanOrEqual(1_360);
  await talk.ask("And now?", 3_000);
  expect(talk.texts).toHaveLength(12);
  expect(talk.responder.requests.at(-1)?.history).toEqual([
    { speaker: "user", text: "What time is it?", interrupted: false },
    { speaker: "assistant", text: "It is noon. All is well.", interrupted: false },
  ]);
  expect(talk.failures).toEqual([]);
});

test("who interrupts silences the answer, and words that were not heard are not told", async () => {
  const talk = new Talk(1_000);
  const words = Array.from({ length: 30 }, (_, index) => `word${index}`).join(" ");
  talk.responder.parts = [{ kind: "text", text: `${words}.` }];
  await talk.ask("Tell me everything.", 1_600);
  talk.responder.parts = [{ kind: "text", text: "Fine." }];
  talk.transcriber.answer = succeeded("No, stop that and tell me the time instead.");
  await talk.hear(0.9, 2_400);
  const told = talk.texts.length;
  expect(told).toBeGreaterThan(3);
  expect(told).toBeLessThan(20);
  await talk.hear(0, 2_400);
  expect(talk.texts.slice(told)).toEqual([" Fine."]);
});

test("what is due is said in the next silence", async () => {
  const talk = new Talk(1_000);
  await talk.announce("Your timer is over.");
  await talk.hear(0, 1_600);
  expect(talk.texts).toEqual([" Your", " timer", " is", " over."]);
});

test("engines that hang hold nothing up for longer than real time", async () => {
  const talk = new Talk(1_000);
  talk.transcriber.transcribe = () => new Promise(() => undefined);
  await talk.hear(0.9, 400);
  const startedAtMs = performance.now();
  await talk.hear(0, 80);
  expect(performance.now() - startedAtMs).toBeLessThan(2 * 480);
  expect(talk.loudMs).toBe(0);
});

test("a detector that is broken is told once, and frames go on", async () => {
  const talk = new Talk(1);
  talk.detector.detect = async () => failed("detect-failed", "detect", "it crashed");
  await talk.hear(0.9, 1_600);
  expect(talk.failures.map(({ code }) => code)).toEqual(["detect-failed"]);
});

import { expect, test } from "vitest";
import { FRAME_MS, RECOGNITION_FRAME_SAMPLES } from "../../src-shared/audio-format.ts";
import { failed, type Outcome } from "../../src-shared/failure.ts";
import type { Transcriber, Transcript, TranscriptionRequest } from "../../src-main/turn/ports.ts";
import { TURN_TUNING } from "../../src-main/turn/turn-tuning.ts";
import { UtteranceBuffer } from "../../src-main/turn/utterance-buffer.ts";
import { UtteranceTranscription } from "../../src-main/turn/utterance-transcription.ts";
import { settle } from "../fakes/fake-stages.ts";

interface Asked {
  readonly request: TranscriptionRequest;
  readonly signal: AbortSignal;
  /** Answers with this text, and its length as the only token. */
  say(text: string): Promise<void>;
  answer(outcome: Outcome<Transcript>): Promise<void>;
}

/** Answers when it is told to; rejects at once when aborted, as the real one does. */
class AskedTranscriber implements Transcriber {
  readonly asked: Asked[] = [];

  transcribe(request: TranscriptionRequest, signal: AbortSignal): Promise<Outcome<Transcript>> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome<Transcript>>();
    signal.addEventListener("abort", () => reject(signal.reason as Error));
    const answer = async (outcome: Outcome<Transcript>): Promise<void> => {
      resolve(outcome);
      await settle();
    };
    const say = (text: string): Promise<void> =>
      answer({ ok: true, value: { text, tokens: [text.length], tokenLogProbabilities: [0], elapsedMs: 1 } });
    this.asked.push({ request, signal, say, answer });
    return promise;
  }

  get last(): Asked {
    return this.asked.at(-1) as Asked;
  }

  async close(): Promise<void> {}
}

const STARTED_AT_MS = 1_024;

/** A user who has been silent for a second and now speaks. */
class Conversation {
  readonly transcriber = new AskedTranscriber();
  readonly partials: string[] = [];
  readonly #buffer = new UtteranceBuffer();
  readonly utterance = new UtteranceTranscription(this.transcriber, this.#buffer, STARTED_AT_MS, (partial) =>
    this.partials.push(partial),
  );
  nowMs = 0;

  constructor() {
    this.hear(STARTED_AT_MS, 0, false);
  }

  /** Feeds `ms` of frames with this probability, whose samples have its value. */
  hear(ms: number, probability: number, speaks = true): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs;) {
      this.nowMs += FRAME_MS;
      this.#buffer.append(new Float32Array(RECOGNITION_FRAME_SAMPLES).fill(probability), this.nowMs);
      if (speaks) this.utterance.continue(probability, this.nowMs);
    }
  }
}

test("asks for a partial transcript every 400 ms, from the tokens of the one before", async () => {
  const user = new Conversation();
  const { transcriber, partials } = user;
  user.hear(416, 0.9);
  expect(transcriber.asked).toHaveLength(1);
  expect(transcriber.last.request.pcm).toHaveLength((TURN_TUNING.preRollMs + 416) * 16);
  await transcriber.last.say("What");
  expect(partials).toEqual(["What"]);
  user.hear(800, 0.9);
  expect(transcriber.asked).toHaveLength(2);
  expect(transcriber.last.request.draftTokens).toEqual([4]);
  await transcriber.last.say("What time is");
  user.hear(32, 0.9);
  expect(transcriber.asked).toHaveLength(3);
});

test("what is shown never loses a word that two hypotheses had", async () => {
  const user = new Conversation();
  const { transcriber, partials } = user;
  for (const text of ["What time", "What time it's", "What dime is it"]) {
    user.hear(416, 0.9);
    await transcriber.last.say(text);
  }
  expect(partials).toEqual(["What time", "What time it's", "What time is it"]);
});

test("a partial transcript waits while the speech may be ending", () => {
  const user = new Conversation();
  const { transcriber } = user;
  user.hear(384, 0.9);
  user.hear(96, 0.47);
  expect(transcriber.asked).toHaveLength(0);
  user.hear(32, 0.9);
  expect(transcriber.asked).toHaveLength(1);
});

test("a pause stops the partial transcript and is what was said until then is transcribed at its first silent frame", async () => {
  const user = new Conversation();
  const { transcriber, utterance, partials } = user;
  user.hear(416, 0.9);
  await transcriber.last.say("Stop");
  user.hear(416, 0.9);
  user.hear(64, 0.1);
  const paused = utterance.pause(user.nowMs - 64, user.nowMs);
  expect(transcriber.asked.map(({ signal }) => signal.aborted)).toEqual([false, true, false]);
  expect(transcriber.last.request.draftTokens).toEqual([4]);
  await transcriber.last.say("Stop it.");
  const outcome = await paused;
  if (!outcome.ok) throw new Error("failed");
  const { text, last, pcm, speechEndSample } = outcome.value;
  expect({ text, tokens: last?.tokens, speechEndSample }).toEqual({
    text: "Stop it.",
    tokens: [8],
    speechEndSample: pcm.findIndex((sample) => sample === Math.fround(0.1)),
  });
  expect(transcriber.last.request.pcm).toEqual(pcm.subarray(0, pcm.length - RECOGNITION_FRAME_SAMPLES));
  expect(partials).toHaveLength(1);
});

test("a silent frame without a pause gives a partial transcript, and the pause after it another", async () => {
  const user = new Conversation();
  const { transcriber, utterance, partials } = user;
  user.hear(192, 0.9);
  user.hear(32, 0.1);
  user.hear(96, 0.9);
  await transcriber.last.say("Stop");
  expect(transcriber.last.request.pcm).toHaveLength((TURN_TUNING.preRollMs + 224) * 16);
  expect(partials).toEqual(["Stop"]);
  user.hear(64, 0.1);
  expect(transcriber.asked).toHaveLength(1);
  const paused = utterance.pause(user.nowMs - 64, user.nowMs);
  expect(transcriber.asked).toHaveLength(2);
  await transcriber.last.say("Stop it.");
  expect(await paused).toMatchObject({ value: { text: "Stop it.", pcm: transcriber.last.request.pcm } });
});

test("the same end of speech is transcribed once, a later one anew", async () => {
  const user = new Conversation();
  const { transcriber, utterance } = user;
  user.hear(352, 0.9);
  const first = utterance.pause(user.nowMs, user.nowMs);
  const again = utterance.pause(user.nowMs, user.nowMs + 64);
  await transcriber.last.say("Yes");
  expect((await again).ok && (await first).ok).toBe(true);
  expect(transcriber.asked).toHaveLength(1);
  utterance.resume(user.nowMs);
  user.hear(96, 0.9);
  const later = utterance.pause(user.nowMs, user.nowMs);
  await transcriber.last.say("Yes please");
  expect(await later).toMatchObject({ value: { text: "Yes please" } });
  expect(transcriber.asked[1]?.request.draftTokens).toEqual([3]);
});

test("a pause in a long utterance closes a segment, which is not transcribed again", async () => {
  const user = new Conversation();
  const { transcriber, utterance } = user;
  user.hear(TURN_TUNING.segmentMs, 0.2);
  const first = utterance.pause(user.nowMs - 64, user.nowMs);
  await transcriber.last.say("One.");
  expect(await first).toMatchObject({ value: { text: "One." } });
  utterance.resume(user.nowMs);
  user.hear(320, 0.9);
  const second = utterance.pause(user.nowMs, user.nowMs);
  expect(transcriber.last.request.draftTokens).toEqual([]);
  expect(transcriber.last.request.pcm).toHaveLength(320 * 16);
  await transcriber.last.say("Two.");
  expect(await second).toMatchObject({ value: { text: "One. Two.", last: { text: "Two." } } });
});

test("speech without a pause is cut where it was quietest", async () => {
  const user = new Conversation();
  const { transcriber, partials } = user;
  user.hear(9_600, 0.48);
  user.hear(320, 0.46);
  const quietestAtMs = user.nowMs;
  user.hear(TURN_TUNING.longestSegmentMs - 9_920, 0.48);
  const [closed] = transcriber.asked;
  expect(closed?.request.pcm).toHaveLength((quietestAtMs - STARTED_AT_MS + TURN_TUNING.preRollMs) * 16);
  await closed?.say("One.");
  user.hear(32, 0.9);
  await transcriber.last.say("Two");
  expect(partials.at(-1)).toBe("One. Two");
  expect(closed?.signal.aborted).toBe(false);
});

test("a failure is told; a cancelled utterance has no words", async () => {
  const user = new Conversation();
  const { transcriber, utterance } = user;
  user.hear(320, 0.9);
  const broken = utterance.pause(user.nowMs, user.nowMs);
  await transcriber.last.answer(failed("transcribe-failed", "transcribe", "broken"));
  expect(await broken).toMatchObject({ ok: false, failure: { code: "transcribe-failed" } });
  user.hear(64, 0.9);
  const cancelled = utterance.pause(user.nowMs, user.nowMs);
  utterance.cancel();
  expect(await cancelled).toMatchObject({ value: { text: "", last: undefined } });
});

test("a long silence is left out: before the first word, between two and after the last", async () => {
  const user = new Conversation();
  const { transcriber, utterance } = user;
  user.hear(40_000, 0, false);
  user.hear(6_016, 0.9);
  expect(transcriber.asked[0]?.request.pcm).toHaveLength((TURN_TUNING.preRollMs + 32) * 16);
  user.hear(25_024, 0, false);
  user.hear(64, 0.9);
  const closed = transcriber.asked.at(-2);
  expect(closed?.request.pcm).toHaveLength((6_016 + 2 * TURN_TUNING.preRollMs) * 16);
  await closed?.say("One.");
  const endedAtMs = user.nowMs;
  user.hear(32_000, 0, false);
  const paused = utterance.pause(endedAtMs, user.nowMs);
  expect(transcriber.last.request.pcm.length).toBeLessThan(5_000 * 16);
  await transcriber.last.say("Two.");
  expect(await paused).toMatchObject({ value: { text: "One. Two." } });
});

test("the recognizer never gets more than half a minute, whatever was heard", () => {
  const user = new Conversation();
  user.hear(45_024, 0, false);
  void user.utterance.pause(user.nowMs, user.nowMs);
  expect(user.transcriber.last.request.pcm).toHaveLength(30_000 * 16);
});

test("what was closed and goes on after a long time does so in a segment of its own", async () => {
  const user = new Conversation();
  const { transcriber, utterance } = user;
  user.hear(1_024, 0.9);
  const first = utterance.pause(user.nowMs, user.nowMs);
  await transcriber.last.say("What is the weather");
  await first;
  utterance.rest();
  user.hear(5_024, 0, false);
  const resumedAtMs = user.nowMs;
  user.hear(320, 0.9, false);
  utterance.resume(resumedAtMs);
  user.hear(96, 0.9);
  const asked = transcriber.asked.length;
  const second = utterance.pause(user.nowMs, user.nowMs);
  expect(transcriber.asked).toHaveLength(asked + 1);
  expect(transcriber.last.request.pcm).toHaveLength((TURN_TUNING.preRollMs + 416) * 16);
  await transcriber.last.say("in Paris?");
  expect(await second).toMatchObject({ value: { text: "What is the weather in Paris?" } });
});

import { afterAll, expect, test } from "vitest";
import { createMoonshineTranscriber } from "../../src-main/transcribe/moonshine-transcriber.ts";
import type { Transcript } from "../../src-main/turn/ports.ts";
import { RECOGNITION_RATE_HZ as RATE } from "../../src-shared/audio-format.ts";
import { sharedSpeech, spokenText, withSilence } from "../fixtures/speech.ts";
import { wordErrorRate } from "../fixtures/word-error-rate.ts";

const transcriber = createMoonshineTranscriber({});
afterAll(() => transcriber.close());

const signal = new AbortController().signal;
const ADDRESS =
  "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.";
const address = sharedSpeech("jfk.wav");
const question = sharedSpeech("service-question.wav");

async function hear(pcm: Float32Array, draftTokens: readonly number[] = []): Promise<Transcript> {
  const outcome = await transcriber.transcribe({ pcm, draftTokens }, signal);
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  return outcome.value;
}

function seconds(pcm: Float32Array, from: number, to: number): Float32Array {
  return pcm.subarray(from * RATE, to * RATE);
}

test.skipIf(!address || !question)("writes down human speech (skipped without shared/speech)", async () => {
  const heard = await hear(address?.pcm as Float32Array);
  expect(wordErrorRate(ADDRESS, heard.text)).toBeLessThanOrEqual(0.05);
  expect(heard.tokenLogProbabilities).toHaveLength(heard.tokens.length);
  expect(Math.max(...heard.tokenLogProbabilities)).toBeLessThanOrEqual(0);
  const asked = await hear(question?.pcm as Float32Array);
  const wanted = "Can you guarantee that the replacement part will be shipped tomorrow?";
  expect(wordErrorRate(wanted, asked.text)).toBeLessThanOrEqual(0.05);
});

test.skipIf(!address)("a draft from a prefix gives the same words (skipped without shared/speech)", async () => {
  const pcm = address?.pcm as Float32Array;
  for (const end of [4.3, 7.8, 11]) {
    const whole = seconds(pcm, 0, end);
    const draft = await hear(seconds(pcm, 0, end - 1));
    const plain = await hear(whole);
    expect(wordErrorRate(plain.text, (await hear(whole, draft.tokens)).text)).toBe(0);
    expect(wordErrorRate(plain.text, (await hear(whole, plain.tokens)).text)).toBe(0);
  }
});

test("hears synthetic questions and single words", async () => {
  for (const text of ["What time is it?", "Thank you very much."]) {
    const pcm = withSilence(await spokenText(text, "slt", RATE), RATE, 200, 100);
    expect(wordErrorRate(text, (await hear(pcm)).text)).toBe(0);
  }
  const word = withSilence(await spokenText("Yes.", "slt", RATE), RATE, 300, 100);
  expect((await hear(word)).text).toMatch(/^yes/i);
});

test("tells a finished question from a sentence that was broken off", async () => {
  const asked = withSilence(await spokenText("What time is it?", "slt", RATE), RATE, 300, 64);
  const finished = (await hear(asked)).ending;
  expect(finished?.terminalProbability).toBeGreaterThan(0.8);
  const sentence = await spokenText("I would like to go to the museum.", "slt", RATE);
  const wordEndS = 1.35;
  const broken = await hear(withSilence(seconds(sentence, 0, wordEndS), RATE, 300, 64));
  expect(broken.text).toMatch(/go to( the)?\W*$/i);
  expect(broken.ending?.terminalProbability).toBeLessThan(0.6);
  expect((await hear(new Float32Array(RATE))).ending).toBeUndefined();
});

test("hears nothing in silence, in very little audio and in noise", async () => {
  expect((await hear(new Float32Array(2 * RATE))).text).toBe("");
  expect((await hear(new Float32Array(1000).fill(0.5))).text).toBe("");
  expect((await hear(new Float32Array(0))).text).toBe("");
  let seed = 1;
  const noise = Float32Array.from({ length: 2 * RATE }, () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return (seed / 2_147_483_647 - 0.5) / 10;
  });
  expect((await hear(noise)).text).toBe("");
});

test("refuses more than 30 s and samples that are not finite", async () => {
  const long = await transcriber.transcribe({ pcm: new Float32Array(31 * RATE) }, signal);
  expect(long).toMatchObject({ ok: false, failure: { code: "transcribe-failed" } });
  expect(JSON.stringify(long)).toContain("31.0 s");
  const broken = await transcriber.transcribe({ pcm: new Float32Array(9000).fill(Number.NaN) }, signal);
  expect(broken).toMatchObject({ ok: false, failure: { code: "transcribe-failed" } });
});

test("drops aborted work and answers the rest in order", async () => {
  const pcm = withSilence(await spokenText("What time is it?", "slt", RATE), RATE, 200, 100);
  const abort = new AbortController();
  const first = hear(pcm);
  const dropped = [0, 1].map(() => transcriber.transcribe({ pcm }, abort.signal));
  const last = hear(pcm);
  abort.abort(new Error("void"));
  for (const promise of dropped) await expect(promise).rejects.toThrow("void");
  expect((await first).text).toBe((await last).text);
  expect(pcm.length).toBeGreaterThan(0);
});

test("memory stays flat over 120 transcriptions", { timeout: 120_000 }, async () => {
  const pcm = withSilence(await spokenText("What time is it?", "slt", RATE), RATE, 200, 100);
  for (let run = 0; run < 30; run++) await hear(pcm);
  const before = process.memoryUsage().rss;
  for (let run = 0; run < 90; run++) await hear(pcm);
  expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(80);
});

test("tells how likely the first word begins as asked, and nothing unasked", async () => {
  const cueOf = async (text: string, cueBeginnings?: readonly string[]): Promise<number | undefined> => {
    const pcm = withSilence(await spokenText(text, "slt", RATE), RATE, 100, 100);
    const outcome = await transcriber.transcribe({ pcm, ...(cueBeginnings && { cueBeginnings }) }, signal);
    return outcome.ok ? outcome.value.cueProbability : Number.NaN;
  };
  expect(await cueOf("Stop.", ["st", "up"])).toBeGreaterThan(0.5);
  expect(await cueOf("Yeah.", ["st", "up"])).toBeLessThan(0.02);
  expect(await cueOf("Stop.")).toBeUndefined();
});

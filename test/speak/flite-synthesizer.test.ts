import { afterAll, expect, test } from "vitest";
import { createFliteSynthesizer } from "../../src-main/speak/flite-synthesizer.ts";
import { resampleAll } from "../../src-main/streaming-resampler.ts";
import { createMoonshineTranscriber } from "../../src-main/transcribe/moonshine-transcriber.ts";
import { createSoundswallowerAligner } from "../../src-main/transcribe/soundswallower-aligner.ts";
import type { SpeechRequest, SpokenSentence } from "../../src-main/turn/ports.ts";
import { PLAYBACK_RATE_HZ, RECOGNITION_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { wordErrorRate } from "../fixtures/word-error-rate.ts";

const synthesizer = createFliteSynthesizer({});
const buffer = PcmRing.allocate(60 * PLAYBACK_RATE_HZ);
const ring = new PcmRing(buffer);
let generation = 0;
afterAll(() => synthesizer.close());

interface Heard extends SpokenSentence {
  readonly pcm: Float32Array;
}

async function speak(text: string, options: Partial<SpeechRequest> = {}): Promise<SpokenSentence> {
  const outcome = await synthesizer.speak({ text, voice: "slt", rateRatio: 1, ring: buffer, generation, ...options });
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  return outcome.value;
}

/** Speaks as a reply of its own and reads it back from the ring. */
async function hear(text: string, options: Partial<SpeechRequest> = {}): Promise<Heard> {
  ring.setGeneration(++generation);
  const spoken = await speak(text, { generation, ...options });
  const pcm = new Float32Array(spoken.samples + 10);
  const samples = ring.read(pcm, pcm.length);
  expect(samples).toBe(spoken.samples);
  return { ...spoken, pcm: pcm.subarray(0, samples) };
}

/** Speaks into a ring of 4096 samples that nobody reads, whose generation becomes void when it is full. */
async function breakOff(text: string): Promise<SpokenSentence> {
  const small = PcmRing.allocate(4096);
  const smallRing = new PcmRing(small);
  smallRing.setGeneration(1);
  const speaking = speak(text, { ring: small, generation: 1 });
  while (smallRing.availableSamples < smallRing.capacitySamples) await new Promise((resolve) => setTimeout(resolve, 5));
  smallRing.setGeneration(2);
  return speaking;
}

function peak(pcm: Float32Array): number {
  return pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

test("writes what it says to the ring, without the silence around it", async () => {
  const spoken = await hear("It is half past three.");
  expect(spoken.samples / PLAYBACK_RATE_HZ).toBeGreaterThan(1.2);
  expect(spoken.samples / PLAYBACK_RATE_HZ).toBeLessThan(2);
  expect(peak(spoken.pcm)).toBeGreaterThan(0.2);
  expect(peak(spoken.pcm)).toBeLessThanOrEqual(1);
  const firstMs = samplesToMs(
    spoken.pcm.findIndex((sample) => Math.abs(sample) > 0.01),
    PLAYBACK_RATE_HZ,
  );
  expect(firstMs).toBeLessThan(60);
  const lastMs = samplesToMs(
    spoken.pcm.length - spoken.pcm.findLastIndex((sample) => Math.abs(sample) > 0.01),
    PLAYBACK_RATE_HZ,
  );
  expect(lastMs).toBeGreaterThan(100);
  expect(lastMs).toBeLessThan(260);
  expect(spoken.chunks).toBe(Math.ceil(spoken.samples / (PLAYBACK_RATE_HZ / 10)));
  expect(spoken.lastPcmAtMs).toBeGreaterThanOrEqual(spoken.firstPcmAtMs);
});

test("both voices can be read back word for word", { timeout: 60_000 }, async () => {
  const transcriber = createMoonshineTranscriber({});
  for (const voice of ["slt", "kal"]) {
    for (const text of [
      "Twenty percent of 150 is 30.",
      "I am sorry, but I have no language model yet; you can set one up in the settings.",
    ]) {
      const { pcm } = await hear(text, { voice });
      const resampled = await resampleAll(pcm, PLAYBACK_RATE_HZ, RECOGNITION_RATE_HZ);
      const heard = await transcriber.transcribe({ pcm: resampled }, new AbortController().signal);
      expect(heard.ok && wordErrorRate(text, heard.value.text)).toBeLessThanOrEqual(0.05);
    }
  }
  await transcriber.close();
});

test("places the ends of its words to within a quarter of a second", { timeout: 60_000 }, async () => {
  const aligner = createSoundswallowerAligner({});
  const errorsMs: number[] = [];
  for (const text of [
    "I am sorry, but I have no language model yet; you can set one up in the settings.",
    "Twenty percent of one hundred and fifty is thirty.",
    "The replacement part will be shipped tomorrow, on the third of March.",
  ]) {
    const { pcm, words, samples } = await hear(text);
    expect(words.map((word) => word.text).join(" ")).toBe(text);
    expect(words.at(-1)?.endSample).toBeLessThanOrEqual(samples);
    const aligned = await aligner.align({ pcm: await resampleAll(pcm, PLAYBACK_RATE_HZ, RECOGNITION_RATE_HZ), text });
    if (!aligned.ok) throw new Error(aligned.failure.detail);
    for (const [index, { endMs }] of aligned.value.entries()) {
      errorsMs.push(Math.abs(samplesToMs(words[index]?.endSample as number, PLAYBACK_RATE_HZ) - endMs));
    }
  }
  await aligner.close();
  expect(errorsMs.filter((error) => error <= 250).length / errorsMs.length).toBeGreaterThanOrEqual(0.95);
});

test("resampling in pieces leaves no seam", async () => {
  const { pcm } = await hear("Mmmmm, aaaaah, ooooh.");
  let steepest = 0;
  for (let index = 1; index < pcm.length; index++) {
    steepest = Math.max(steepest, Math.abs((pcm[index] as number) - (pcm[index - 1] as number)));
  }
  let steepestAtSeam = 0;
  for (let seam = PLAYBACK_RATE_HZ / 10; seam < pcm.length; seam += PLAYBACK_RATE_HZ / 10) {
    steepestAtSeam = Math.max(steepestAtSeam, Math.abs((pcm[seam] as number) - (pcm[seam - 1] as number)));
  }
  expect(steepestAtSeam).toBeLessThanOrEqual(steepest);
});

test("speaks faster and slower", async () => {
  const normal = await hear("What can I do for you today?");
  const fast = await hear("What can I do for you today?", { rateRatio: 2 });
  const slow = await hear("What can I do for you today?", { rateRatio: 0.5 });
  expect(fast.samples / normal.samples).toBeGreaterThan(0.45);
  expect(fast.samples / normal.samples).toBeLessThan(0.65);
  expect(slow.samples / normal.samples).toBeGreaterThan(1.7);
  expect(slow.samples / normal.samples).toBeLessThan(2.3);
});

test("has nothing to say for empty and unspeakable text", async () => {
  for (const text of ["", "...", "🎉", "日本"]) {
    const spoken = await hear(text);
    expect(spoken).toMatchObject({ samples: 0, chunks: 0 });
    expect(spoken.firstPcmAtMs).toBeGreaterThan(0);
  }
});

test("says anything without breaking: options, odd marks, one word, very long text", { timeout: 60_000 }, async () => {
  for (const text of ["-o /tmp/x", "--help", "a", "%s %n $", "x".repeat(300), "1".repeat(40), "'", "\u0000hi\nthere"]) {
    expect((await hear(text)).words.length).toBe((text.match(/\S+/g) ?? []).length);
  }
  const long = await hear("This goes on and on. ".repeat(40).trim());
  expect(long.samples / PLAYBACK_RATE_HZ).toBeGreaterThan(30);
  expect(long.words).toHaveLength(200);
  const ends = long.words.map((word) => word.endSample);
  expect(ends).toEqual(ends.toSorted((a, b) => a - b));
});

test("sentences of one reply follow each other in the ring", async () => {
  ring.setGeneration(++generation);
  const first = await speak("One.");
  const second = await speak("Two.");
  const pcm = new Float32Array(first.samples + second.samples + 10);
  expect(ring.read(pcm, pcm.length)).toBe(first.samples + second.samples);
});

test("writes nothing for a void generation, and stops in the middle when it becomes void", async () => {
  ring.setGeneration(++generation);
  const voided = await speak("Nobody wants to hear this.", { generation: generation - 1 });
  expect(voided.samples).toBe(0);
  expect((await breakOff("This sentence does not fit into so small a ring.")).samples).toBe(4096);
});

test("waits for a slow reader and drops nothing", async () => {
  const whole = await hear("It is half past three.");
  const small = PcmRing.allocate(4096);
  const reader = new PcmRing(small);
  reader.setGeneration(1);
  const speaking = speak("It is half past three.", { ring: small, generation: 1 });
  const pcm = new Float32Array(whole.samples);
  let read = 0;
  while (read < pcm.length) {
    read += reader.read(pcm.subarray(read), Math.min(1000, pcm.length - read));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect((await speaking).samples).toBe(whole.samples);
  expect(pcm).toEqual(whole.pcm);
});

test("a sentence sounds the same whatever was said before it", { timeout: 60_000 }, async () => {
  const fresh = createFliteSynthesizer({});
  const other = PcmRing.allocate(10 * PLAYBACK_RATE_HZ);
  const otherRing = new PcmRing(other);
  otherRing.setGeneration(1);
  const text = "It was a quarter to nine.";
  const first = await fresh.speak({ text, voice: "kal", rateRatio: 1, ring: other, generation: 1 });
  await fresh.close();
  const pcm = new Float32Array(first.ok ? first.value.samples : 0);
  otherRing.read(pcm, pcm.length);
  for (const voice of ["slt", "kal"])
    await hear("Something longer was said before, and it had 3 parts; this is one.", { voice });
  expect((await hear(text, { voice: "kal" })).pcm).toEqual(pcm);
});

test("a sentence that is said again is the same again, in its own voice and at its own speed", async () => {
  const text = "This is said more than once.";
  const first = await hear(text);
  const [again, other, faster] = [
    await hear(text),
    await hear(text, { voice: "kal" }),
    await hear(text, { rateRatio: 2 }),
  ];
  expect(again.pcm).toEqual(first.pcm);
  expect(again.words).toEqual(first.words);
  expect(other.pcm.length).not.toBe(first.pcm.length);
  expect(faster.pcm.length).toBeLessThan(0.7 * first.pcm.length);
});

test("a sentence that was broken off is whole when it is said again", async () => {
  const text = "Nobody heard the end of this one, because it was broken off.";
  expect((await breakOff(text)).samples).toBe(4096);
  const again = await hear(text);
  const fresh = await hear(`${text} `);
  expect(again.pcm.length).toBeGreaterThan(2 * PLAYBACK_RATE_HZ);
  expect(again.pcm).toEqual(fresh.pcm);
});

test("does not know other voices", async () => {
  const outcome = await synthesizer.speak({ text: "Hi.", voice: "bob", rateRatio: 1, ring: buffer, generation });
  expect(outcome).toMatchObject({ ok: false, failure: { code: "speak-failed" } });
});

test("memory stays flat over 120 sentences", { timeout: 120_000 }, async () => {
  const say = (number: number) => hear(`It is ${number} past three.`);
  for (let run = 0; run < 30; run++) await say(run);
  const before = process.memoryUsage().rss;
  for (let run = 30; run < 120; run++) await say(run);
  expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(80);
});

import { expect, test } from "vitest";
import { succeeded } from "../../../src-shared/failure.ts";
import { PcmRing } from "../../../src-shared/pcm-ring.ts";
import { patientSynthesizer } from "../../../src-main/serve/conversation/patient-synthesizer.ts";
import type { SpeechRequest } from "../../../src-main/turn/ports.ts";

const SECOND = 24_000;

/** A ring with room for 0.36 s, and what was asked for of it. */
function speakInto(text: string) {
  const buffer = PcmRing.allocate(2 * SECOND);
  const ring = new PcmRing(buffer);
  ring.setGeneration(1);
  ring.beginWriting(1);
  ring.write(new Float32Array(ring.capacitySamples), 0, ring.capacitySamples - 0.36 * SECOND, 1);
  const asked: SpeechRequest[] = [];
  const shared = {
    speak: async (request: SpeechRequest) => {
      asked.push(request);
      return succeeded({ samples: 0, chunks: 0, words: [], firstPcmAtMs: 0, lastPcmAtMs: 0 });
    },
  };
  const request = { text, voice: "slt", rateRatio: 1, ring: buffer, generation: 1 };
  return { ring, asked, done: patientSynthesizer(shared).speak(request) };
}

test("a sentence for which there is room is asked for at once", async () => {
  const { asked, done } = speakInto("Hi.");
  expect(asked).toHaveLength(1);
  await done;
});

test("another one only once there is room for it", async () => {
  const { ring, asked, done } = speakInto("Good morning.");
  await expect.poll(() => asked.length, { timeout: 100 }).toBe(0);
  ring.read(new Float32Array(SECOND), SECOND);
  await done;
  expect(asked).toHaveLength(1);
});

test("one that is longer than the ring, once all before it was heard", async () => {
  const { ring, asked, done } = speakInto("and so on ".repeat(100));
  ring.read(new Float32Array(SECOND), SECOND);
  await expect.poll(() => asked.length, { timeout: 100 }).toBe(0);
  ring.read(new Float32Array(2 * SECOND), 2 * SECOND);
  await done;
});

test("nobody waits for room for what is void", async () => {
  const { ring, asked, done } = speakInto("Good morning.");
  ring.setGeneration(2);
  await done;
  expect(asked).toHaveLength(1);
});

import { afterAll, expect, test } from "vitest";
import { RECOGNITION_FRAME_SAMPLES, RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { createDetectEngine } from "../../src-main/detect/detect-engine.ts";
import { concatenate } from "../../src-main/streaming-resampler.ts";
import { stretchPauses } from "../../bench/turns/set/stretch-pauses.ts";
import { spokenText } from "../fixtures/speech.ts";

const engine = createDetectEngine({});
afterAll(() => engine.close());

const NEVER = new AbortController().signal;
/** What the detector has heard of a pause when it is seen. */
const PAUSE = new Float32Array(1_024);
const SENTENCES = [
  "I saw the old bridge, and we took a picture.",
  "You can leave the bag here, or carry it with you.",
  "My neighbor has three cats, a dog and a parrot.",
  "The lecture was interesting, although nobody asked anything.",
  "Put the blue chair, next to the window.",
  "His phone number is nine nine four, two seven one.",
  "Between the two of us, it was a bad idea.",
  "Give the keys to um, the woman at the door.",
];

async function logOdds(pcm: Float32Array): Promise<number> {
  const judged = await engine.judgeProsody(concatenate([pcm, PAUSE]), NEVER);
  if (!judged.ok) throw new Error(judged.failure.detail);
  return judged.value;
}

test.each(["slt", "kal"] as const)("%s sounds more like going on at a comma than at the end", async (speaker) => {
  let [goesOn, ends] = [0, 0];
  for (const sentence of SENTENCES) {
    const speech = stretchPauses(await spokenText(sentence, speaker, RECOGNITION_RATE_HZ), RECOGNITION_RATE_HZ, [500]);
    if (!speech) throw new Error(`${speaker} does not pause in "${sentence}"`);
    const atComma = await logOdds(speech.pcm.subarray(0, speech.pauses[0]?.from));
    const atEnd = await logOdds(speech.pcm);
    if (atComma < 0) goesOn++;
    if (atEnd > 0) ends++;
  }
  expect(goesOn).toBeGreaterThanOrEqual(6);
  expect(ends).toBeGreaterThanOrEqual(6);
});

test("judging a voice leaves the streams alone", async () => {
  const speech = await spokenText("What time is it?", "slt", RECOGNITION_RATE_HZ);
  const frames = speech.slice(0, Math.floor(speech.length / RECOGNITION_FRAME_SAMPLES) * RECOGNITION_FRAME_SAMPLES);
  const alone = await engine.open().detect(frames.slice());
  const stream = engine.open();
  const probabilities: number[] = [];
  for (let from = 0; from < frames.length; from += RECOGNITION_FRAME_SAMPLES) {
    void engine.judgeProsody(frames, NEVER);
    const detected = await stream.detect(frames.slice(from, from + RECOGNITION_FRAME_SAMPLES));
    probabilities.push(detected.ok ? (detected.value[0] as number) : Number.NaN);
  }
  expect(alone.ok && [...alone.value]).toEqual(probabilities);
});

test("an aborted judgement rejects with the reason, silence and broken samples give a number", async () => {
  const reason = new Error("no longer wanted");
  await expect(engine.judgeProsody(PAUSE, AbortSignal.abort(reason))).rejects.toBe(reason);
  for (const pcm of [new Float32Array(0), new Float32Array(99).fill(Number.NaN)]) {
    const judged = await engine.judgeProsody(pcm, NEVER);
    expect(judged.ok && Number.isFinite(judged.value)).toBe(true);
  }
});

import { expect, test } from "vitest";
import { RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { END_OF_TURN_FEATURES, endOfTurnFeatures } from "../../src-main/detect/embedded-end-of-turn-features.ts";
import { createEmbeddedEndOfTurn } from "../../src-main/detect/embedded-end-of-turn.ts";
import { END_OF_TURN_WEIGHTS } from "../../src-main/detect/embedded-end-of-turn-weights.ts";
import { speakingTimeMs } from "../../src-main/detect/speaking-time.ts";
import type { PauseEvidence, TranscriptEnding } from "../../src-main/turn/ports.ts";

const ENDED: TranscriptEnding = {
  terminalProbability: 0.95,
  continuationProbability: 0.01,
  bareEndProbability: 0.03,
  earlierEndProbability: 0.001,
};
const GOES_ON: TranscriptEnding = {
  terminalProbability: 0.5,
  continuationProbability: 0.4,
  bareEndProbability: 0.05,
  earlierEndProbability: 0.001,
};

/** By the voice: very likely over, and very likely not. */
const FALLS = succeeded(4);
const RISES = succeeded(-4);

/** A voice of many harmonics, then 64 ms of silence. */
function voice(durationMs: number, pauseMs = 0): Float32Array {
  const speech = Math.round((durationMs * RECOGNITION_RATE_HZ) / 1000);
  const pause = Math.round((pauseMs * RECOGNITION_RATE_HZ) / 1000);
  const pcm = new Float32Array(speech + pause + 1024);
  let phase = 0;
  for (let index = 0; index < speech; index++) {
    phase += (2 * Math.PI * 120) / RECOGNITION_RATE_HZ;
    const position = index < speech / 2 ? index : index + pause;
    pcm[position] = 0.1 * [1, 2, 3, 4, 5].reduce((sum, harmonic) => sum + Math.sin(harmonic * phase) / harmonic, 0);
  }
  return pcm;
}

function evidence(text: string, ending?: TranscriptEnding, pcm = voice(1_500)): PauseEvidence {
  const tokens = text.split(" ").map((_, index) => index + 3);
  const transcript = {
    text,
    tokens,
    tokenLogProbabilities: tokens.map(() => -0.2),
    elapsedMs: 80,
    ...(ending && { ending }),
  };
  return { pcm, speechEndSample: pcm.length - 1024, transcript };
}

async function probability(
  text: string,
  ending?: TranscriptEnding,
  { pcm, prosody = FALLS }: { readonly pcm?: Float32Array; readonly prosody?: Outcome<number> } = {},
): Promise<number> {
  const predictor = createEmbeddedEndOfTurn({ judgeProsody: async () => prosody });
  predictor.begin();
  const predicted = await predictor.predict(evidence(text, ending, pcm), new AbortController().signal);
  await predictor.close();
  if (!predicted.ok) throw new Error(predicted.failure.detail);
  return predicted.value;
}

test("a whole request is over, one that holds back is not", async () => {
  expect(await probability("What time is it?", ENDED)).toBeGreaterThan(0.8);
  expect(await probability("Set a timer for five minutes.", ENDED)).toBeGreaterThan(0.8);
  const prosody = RISES;
  expect(await probability("Set a timer for", ENDED, { prosody })).toBeLessThan(0.4);
  expect(await probability("I would like to, um,", GOES_ON, { prosody })).toBeLessThan(0.2);
  expect(await probability("My number is 5 5 5", GOES_ON, { prosody })).toBeLessThan(0.2);
});

test("an expected comma, a raised voice, short speech and a last word that was guessed make the end less likely", async () => {
  const text = "I went to London last week.";
  const likely = await probability(text, ENDED, { pcm: voice(2_000) });
  expect(await probability(text, GOES_ON, { pcm: voice(2_000) })).toBeLessThan(likely);
  expect(await probability(text, ENDED, { pcm: voice(2_000), prosody: RISES })).toBeLessThan(likely);
  expect(await probability(text, ENDED, { pcm: voice(700) })).toBeLessThan(likely);
  const guessed = { ...ENDED, earlierEndProbability: 0.4 };
  expect(await probability(text, guessed, { pcm: voice(2_000) })).toBeLessThan(likely);
});

test("a question is one whatever the voice does", async () => {
  const text = "Can you guarantee that it will be shipped tomorrow?";
  expect(await probability(text, ENDED, { prosody: RISES })).toBe(await probability(text, ENDED));
});

test("where the voice cannot be judged the words decide", async () => {
  const prosody = failed("detect-failed", "detect", "crashed", true);
  const text = "Set a timer for five minutes.";
  const alone = await probability(text, ENDED, { prosody });
  expect(alone).toBeLessThan(await probability(text, ENDED));
  expect(alone).toBeGreaterThan(await probability(text, ENDED, { prosody: RISES }));
});

test("without words the turn is not over; without the recognizer's expectation it still is judged", async () => {
  expect(await probability("")).toBe(0);
  const judged = await probability("What time is it?");
  expect(judged).toBeGreaterThan(await probability("What time is the"));
});

test("an aborted request rejects with the reason", async () => {
  const predictor = createEmbeddedEndOfTurn({ judgeProsody: async () => FALLS });
  const reason = new Error("no longer wanted");
  await expect(predictor.predict(evidence("Yes."), AbortSignal.abort(reason))).rejects.toBe(reason);
});

test("there is a weight for each feature, and nothing is infinite in silence or very short audio", () => {
  expect(END_OF_TURN_WEIGHTS.weights).toHaveLength(END_OF_TURN_FEATURES.length);
  for (const length of [0, 100, 16_000]) {
    const silent = { ...evidence("Yes."), pcm: new Float32Array(length), speechEndSample: length };
    const features = endOfTurnFeatures(silent, 100);
    expect(features).toHaveLength(END_OF_TURN_FEATURES.length);
    expect(features.every(Number.isFinite)).toBe(true);
  }
});

test("a pause is no speaking time", () => {
  const whole = voice(1_000);
  expect(speakingTimeMs(whole, whole.length - 1024)).toBeGreaterThan(900);
  expect(speakingTimeMs(whole, whole.length - 1024)).toBeLessThan(1_010);
  const paused = voice(1_000, 800);
  expect(speakingTimeMs(paused, paused.length - 1024)).toBeGreaterThan(900);
  expect(speakingTimeMs(paused, paused.length - 1024)).toBeLessThan(1_100);
});

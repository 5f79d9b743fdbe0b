import { describe, expect, test } from "vitest";
import { ECHO_BLOCK_SAMPLES, EchoCanceller } from "../../src-renderer/microphone/echo-canceller.ts";
import { PlayedSound } from "../../src-renderer/microphone/played-sound.ts";
import { correlationOf, levelDb } from "../e2e/rig/analysis.ts";
import { spokenText } from "../fixtures/speech.ts";

const RATE_HZ = 24_000;
const ANSWER =
  "I can tell you the time and the date, set timers, calculate, convert units, and remember things for you. Ask me anything.";

/** What a microphone hears of the speaker 90 ms later: direct sound, reflections, and the noise of a quiet room. */
function echoOf(played: Float32Array): Float32Array {
  let state = 1;
  return played.map((_, index) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    const at = index - 2_160;
    const reflections = 0.3 * (played[at] ?? 0) - 0.1 * (played[at - 58] ?? 0) + 0.06 * (played[at - 407] ?? 0);
    return reflections + 0.05 * (played[at - 1_300] ?? 0) + (state / 2 ** 31) * 0.0005;
  });
}

/** Everything that is left of what the microphone heard. */
function cancel(
  played: Float32Array,
  microphone: Float32Array,
  sound = new PlayedSound(),
  canceller = new EchoCanceller(sound),
): Float32Array {
  const out = microphone.slice(0, microphone.length - (microphone.length % ECHO_BLOCK_SAMPLES));
  for (let at = 0; at < out.length; at += ECHO_BLOCK_SAMPLES) {
    sound.write(played.subarray(at, at + ECHO_BLOCK_SAMPLES), at);
    canceller.process(out.subarray(at, at + ECHO_BLOCK_SAMPLES), at);
  }
  return out;
}

function lossDb(before: Float32Array, after: Float32Array, fromS: number, toS: number): number {
  const span = [fromS * RATE_HZ, toS * RATE_HZ] as const;
  return levelDb(before.subarray(...span)) - levelDb(after.subarray(...span));
}

describe("the echo canceller", async () => {
  const speech = await spokenText(ANSWER, "slt", RATE_HZ);
  const echo = echoOf(speech);

  test("removes 20 dB of an answer within its first second, and goes on", () => {
    const left = cancel(speech, echo);
    expect(lossDb(echo, left, 0.5, 1.2)).toBeGreaterThan(20);
    expect(lossDb(echo, left, 2, 4.5)).toBeGreaterThan(15);
  });

  test("speech over the echo comes through whole, from its first syllable on", async () => {
    const talker = new Float32Array(echo.length);
    talker.set((await spokenText("Stop, please wait a moment.", "kal", RATE_HZ)).subarray(0, 2 * RATE_HZ), 3 * RATE_HZ);
    const left = cancel(
      speech,
      echo.map((sample, index) => sample + (talker[index] as number)),
    );
    const said = [3.1 * RATE_HZ, 4.9 * RATE_HZ] as const;
    expect(correlationOf(left.subarray(...said), talker.subarray(...said))).toBeGreaterThan(0.95);
    expect(Math.abs(lossDb(talker, left, 3.1, 4.9))).toBeLessThan(1);
    expect(lossDb(talker, left, 3.1, 3.5)).toBeLessThan(1.5);
  });

  test.each([240, -240, 1_700])("finds its way back within 0.7 s when %i samples slip in", (slip) => {
    const at = 3.5 * RATE_HZ;
    const slipped = echo.slice();
    if (slip > 0) slipped.set(echo.subarray(at, echo.length - slip), at + slip);
    else slipped.set(echo.subarray(at - slip), at);
    const left = cancel(speech, slipped);
    expect(lossDb(slipped, left, 4.2, 5)).toBeGreaterThan(15);
  });

  test.each([1, 500, 8_192, 28_800])(
    "learns as before when the sound came %i samples sooner at first",
    (lagSamples) => {
      const sound = new PlayedSound();
      const canceller = new EchoCanceller(sound);
      canceller.catchUp(lagSamples);
      const left = cancel(speech, echo, sound, canceller);
      expect(lossDb(echo, left, 2, 4.5)).toBeGreaterThan(15);
    },
  );

  test("is never louder than the microphone, also when the echo is suddenly gone", () => {
    const muted = echo.map((sample, index) => (index < 2.5 * RATE_HZ ? sample : 0));
    const left = cancel(speech, muted);
    for (let at = 0; at + ECHO_BLOCK_SAMPLES <= left.length; at += ECHO_BLOCK_SAMPLES) {
      const [after, before] = [left, muted].map((pcm) => levelDb(pcm.subarray(at, at + ECHO_BLOCK_SAMPLES)));
      expect(after as number).toBeLessThanOrEqual(Math.max(-100, (before as number) + 3.1));
    }
  });

  test("what is heard while nothing plays is not touched", () => {
    const heard = echo.subarray(0, RATE_HZ * 2);
    const whole = heard.length - (heard.length % ECHO_BLOCK_SAMPLES);
    expect(cancel(new Float32Array(heard.length), heard)).toEqual(heard.subarray(0, whole));
  });

  test("takes a small share of the processor", () => {
    cancel(speech, echo);
    const startedAtMs = performance.now();
    cancel(speech, echo);
    const share = (performance.now() - startedAtMs) / ((echo.length * 1000) / RATE_HZ);
    // oxlint-disable-next-line no-console -- the figure is part of what the test shows
    console.info(`echo canceller: ${(share * 100).toFixed(1)} % of one core while something plays`);
    expect(share).toBeLessThan(0.5);
  });
});

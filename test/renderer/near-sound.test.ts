import { describe, expect, test } from "vitest";
import { NearSound } from "../../src-renderer/microphone/near-sound.ts";
import { PlayedSound } from "../../src-renderer/microphone/played-sound.ts";
import { levelDb, onsetMs } from "../e2e/rig/analysis.ts";
import { spokenText } from "../fixtures/speech.ts";

const RATE_HZ = 24_000;
const ANSWER =
  "I can tell you the time and the date, set timers, calculate, convert units, and remember things for you. Ask me anything.";

/** What the microphone hears of the speaker 90 ms later, and the noise of a quiet room. */
function echoOf(played: Float32Array): Float32Array {
  let state = 1;
  return played.map((_, index) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    const at = index - 2_160;
    return 0.3 * (played[at] ?? 0) - 0.1 * (played[at - 58] ?? 0) + (state / 2 ** 31) * 0.0005;
  });
}

/** `queuedAt`: samples of the microphone that wait in the browser at a time. What a shorter queue than before held comes at once. */
function listen(
  played: Float32Array,
  microphone: Float32Array,
  queuedAt: (at: number) => number = () => 0,
): { out: Float32Array; speechAtMs: number[]; starts: number[] } {
  const sound = new PlayedSound();
  const [out, speechAtMs, starts] = [new Float32Array(microphone.length), [] as number[], [] as number[]];
  let nowMs = 0;
  let queued = 0;
  const near = new NearSound(sound, RATE_HZ, {
    onBlock: (block, startSample) => {
      out.set(block, startSample);
      starts.push(startSample);
    },
    onSpeechOverEcho: () => speechAtMs.push(nowMs),
  });
  for (let at = 0; at + 128 <= microphone.length; at += 128) {
    nowMs = ((at + 128) * 1000) / RATE_HZ;
    sound.write(played.subarray(at, at + 128), at);
    const regained = Math.max(0, queued - queuedAt(at));
    queued = queuedAt(at);
    if (regained > 0) near.catchUp(regained);
    near.push(microphone.subarray(at - queued - regained, at - queued + 128), at - regained);
  }
  return { out, speechAtMs, starts };
}

describe("the sound near the microphone", async () => {
  const answer = await spokenText(ANSWER, "slt", RATE_HZ);
  const echo = echoOf(answer);

  test.each([0, 240, -240, -960])("the assistant's own voice is never speech when %i samples slip in", (slip) => {
    const slipped = echo.slice(0, 6 * RATE_HZ);
    if (slip > 0) slipped.set(echo.subarray(72_000, slipped.length - slip), 72_000 + slip);
    if (slip < 0) slipped.set(echo.subarray(72_000 - slip, slipped.length - slip), 72_000);
    expect(listen(answer, slipped).speechAtMs).toEqual([]);
  });

  test.each([24, 104])("after a slip of %i samples the echo stays away while its path is learned again", (slip) => {
    const at = 4 * RATE_HZ;
    const slipped = echo.slice(0, 6 * RATE_HZ);
    slipped.set(echo.subarray(at, slipped.length - slip), at + slip);
    const { out } = listen(answer, slipped);
    const after = [at, at + 0.6 * RATE_HZ] as const;
    expect(levelDb(slipped.subarray(...after)) - levelDb(out.subarray(...after))).toBeGreaterThan(28);
  });

  test("who speaks from the first moment of an answer on is noticed, and stays noticed", async () => {
    const talker = await spokenText("Wait, that is not what I meant.", "kal", RATE_HZ);
    const onset = onsetMs(talker, RATE_HZ, -34, 20) ?? 0;
    const [again, from] = [4 * RATE_HZ, 4 * RATE_HZ + 2_400];
    const played = new Float32Array(6 * RATE_HZ);
    played.set(answer.subarray(0, 3 * RATE_HZ));
    played.set(answer.subarray(0, played.length - again), again);
    const mixed = echoOf(played).map((sample, index) => sample + (talker[index - from] ?? 0));
    const { speechAtMs } = listen(played, mixed);
    const startMs = (from * 1000) / RATE_HZ + onset;
    expect((speechAtMs[0] ?? Infinity) - startMs).toBeLessThan(80);
    expect(speechAtMs.filter((atMs) => atMs < startMs + 1_000).length).toBeGreaterThan(20);
  });

  test.each([
    [500, 500],
    [1_000, 870],
    [1_000, 1_130],
  ])("a queue of %i samples builds up and %i of it are made up for: the echo stays away", (queued, regained) => {
    const [stallAt, catchUpAt] = [3 * RATE_HZ, 3.6 * RATE_HZ];
    const { out, speechAtMs, starts } = listen(answer, echo.subarray(0, 6 * RATE_HZ), (at) => {
      if (at < stallAt) return 200;
      return 200 + (at < catchUpAt ? queued : queued - regained);
    });
    expect(speechAtMs).toEqual([]);
    const steps = starts.flatMap((start, index) => (index === 0 ? [] : [start - (starts[index - 1] as number)]));
    expect(steps.filter((step) => step !== 256)).toEqual([256 - regained]);
    const after = [catchUpAt, catchUpAt + 0.6 * RATE_HZ] as const;
    expect(levelDb(echo.subarray(...after)) - levelDb(out.subarray(...after))).toBeGreaterThan(28);
  });

  test.each(["kal", "slt"] as const)("%s speaking over it is noticed within 40 ms", async (voice) => {
    const talker = (await spokenText("What time is it?", voice, RATE_HZ)).subarray(0, 36_000);
    const onset = onsetMs(talker, RATE_HZ, -34, 20) ?? 0;
    const mixed = echo.map((sample, index) => sample + (talker[index - 96_000] ?? 0));
    const { speechAtMs } = listen(answer, mixed);
    const first = (speechAtMs[0] ?? Infinity) - 4_000 - onset;
    expect(first).toBeGreaterThan(-onset);
    expect(first).toBeLessThan(40);
  });

  test.each(["kal", "slt"] as const)("with headphones, %s speaking over it is heard whole, at once", async (voice) => {
    const talker = await spokenText("Wait, that is not what I meant.", voice, RATE_HZ);
    const onset = Math.round(((onsetMs(talker, RATE_HZ, -34, 20) ?? 0) * RATE_HZ) / 1000);
    const from = 5 * RATE_HZ;
    const silence = echoOf(new Float32Array(answer.length));
    const mixed = silence.map((sample, index) => sample + (talker[index - from] ?? 0));
    const { out, speechAtMs } = listen(answer, mixed);
    expect(speechAtMs[0]).toBeGreaterThan(5_000);
    expect((speechAtMs[0] ?? Infinity) - ((from + onset) * 1000) / RATE_HZ).toBeLessThan(40);
    const first = [from + onset, from + onset + 0.1 * RATE_HZ] as const;
    expect(levelDb(out.subarray(...first))).toBeGreaterThan(levelDb(mixed.subarray(...first)) - 1);
  });

  test("before the echo path is known, the echo is lowered all the same", () => {
    const { out } = listen(answer, echo);
    expect(levelDb(echo.subarray(4_800, 9_600)) - levelDb(out.subarray(4_800, 9_600))).toBeGreaterThan(15);
  });

  test.each([0, 600, 4_000])(
    "the next answer is gone as before when somebody spoke over one, and %i samples slip in before it",
    async (slip) => {
      const talker = (await spokenText("Wait, that is not what I meant.", "kal", RATE_HZ)).subarray(0, 1.5 * RATE_HZ);
      const [cutAt, nextAt] = [4.5 * RATE_HZ, 6.5 * RATE_HZ];
      const played = new Float32Array(9 * RATE_HZ);
      played.set(answer.subarray(0, cutAt));
      played.set(answer.subarray(0, played.length - nextAt), nextAt);
      // As late as a browser hears its own sound.
      const late = new Float32Array(played.length);
      const lateBy = 5_000;
      late.set(played.subarray(0, nextAt - lateBy), lateBy);
      late.set(played.subarray(nextAt - lateBy, late.length - lateBy - slip), nextAt + slip);
      const heard = echoOf(late);
      const mixed = heard.map((sample, index) => sample + 2 * (talker[index - 3 * RATE_HZ] ?? 0));
      const { out } = listen(played, mixed);
      const first = [nextAt + lateBy, nextAt + lateBy + RATE_HZ] as const;
      const loss = levelDb(heard.subarray(...first)) - levelDb(out.subarray(...first));
      expect(loss).toBeGreaterThan(23);
    },
  );

  test("what is heard in silence passes as it is, also when nothing was ever played", async () => {
    const speech = await spokenText("What time is it?", "kal", RATE_HZ);
    const { out, speechAtMs } = listen(new Float32Array(speech.length), speech);
    const whole = speech.length - (speech.length % 256);
    expect(out.subarray(0, whole)).toEqual(speech.subarray(0, whole));
    expect(speechAtMs).toEqual([]);
  });

  test("a hole in the microphone's time begins a new block", () => {
    const starts: number[] = [];
    const near = new NearSound(new PlayedSound(), RATE_HZ, {
      onBlock: (_, startSample) => starts.push(startSample),
      onSpeechOverEcho: () => undefined,
    });
    near.push(new Float32Array(128), 0);
    for (let at = 5_000; at < 5_512; at += 128) near.push(new Float32Array(128), at);
    expect(starts).toEqual([5_000, 5_256]);
  });
});

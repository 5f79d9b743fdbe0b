import { describe, expect, test } from "vitest";
import { ECHO_BLOCK_SAMPLES } from "../../src-renderer/microphone/echo-canceller.ts";
import { EchoLateness } from "../../src-renderer/microphone/echo-lateness.ts";
import { spokenText } from "../fixtures/speech.ts";

const RATE_HZ = 24_000;

/** What is found in each block. */
function observeAll(microphone: Float32Array, echo: Float32Array): number[] {
  const lateness = new EchoLateness();
  const found: number[] = [];
  for (let at = 0; at + ECHO_BLOCK_SAMPLES <= echo.length; at += ECHO_BLOCK_SAMPLES) {
    found.push(
      lateness.observe(microphone.subarray(at, at + ECHO_BLOCK_SAMPLES), echo.subarray(at, at + ECHO_BLOCK_SAMPLES)),
    );
  }
  return found;
}

/** The sound, with silence of so many samples put in at a sample. */
function stalled(sound: Float32Array, at: number, samples: number): Float32Array {
  const late = new Float32Array(sound.length);
  late.set(sound.subarray(0, at));
  late.set(sound.subarray(at, sound.length - samples), at + samples);
  return late;
}

describe("an echo that comes late", async () => {
  const speech = await spokenText("I can tell you the time and the date, set timers, and calculate.", "slt", RATE_HZ);
  const talker = await spokenText("Wait, that is not what I meant.", "kal", RATE_HZ);
  const at = 24_000;

  test.each([7, 145, 512, 1_700, 2_500])("is found to the sample within 60 ms, %i samples late", (samples) => {
    const found = observeAll(stalled(speech, at, samples), speech);
    const first = found.findIndex((late) => late !== 0);
    expect(found[first]).toBe(samples);
    const heardAt = at + samples;
    expect((first + 1) * ECHO_BLOCK_SAMPLES).toBeGreaterThan(heardAt);
    expect(((first + 1) * ECHO_BLOCK_SAMPLES - heardAt) / (RATE_HZ / 1000)).toBeLessThan(60);
  });

  test("is not found where it comes in time, alone or with speech over it", () => {
    expect(observeAll(speech, speech).filter((late) => late !== 0)).toEqual([]);
    const both = speech.map((sample, index) => sample + (talker[index - at] ?? 0));
    expect(observeAll(both, speech).filter((late) => late !== 0)).toEqual([]);
  });

  test("is not found in silence, in speech alone, and where nothing comes back", () => {
    const silence = new Float32Array(speech.length);
    expect(observeAll(silence, silence).filter((late) => late !== 0)).toEqual([]);
    expect(observeAll(talker, silence).filter((late) => late !== 0)).toEqual([]);
    expect(observeAll(silence, speech).filter((late) => late !== 0)).toEqual([]);
  });

  test("after a restart what was heard before tells nothing", () => {
    const lateness = new EchoLateness();
    const late = stalled(speech, 0, 512);
    const observe = (from: number): number =>
      lateness.observe(
        late.subarray(from, from + ECHO_BLOCK_SAMPLES),
        speech.subarray(from, from + ECHO_BLOCK_SAMPLES),
      );
    const beginsAt = 10_240;
    expect(observe(beginsAt) + observe(beginsAt + 256)).toBe(0);
    lateness.restart();
    expect(observe(beginsAt + 512)).toBe(0);
  });
});

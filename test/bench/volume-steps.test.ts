import { expect, test } from "vitest";
import { findDucks, volumeSteps } from "../../bench/turns/volume-steps.ts";
import { Random } from "../../bench/turns/set/random.ts";
import { spokenText } from "../fixtures/speech.ts";

const RATE_HZ = 48_000;
const SHIFT_SAMPLES = 12_000;

test("an undisturbed sound has the volume 0 dB everywhere, wherever it begins and whatever its phase", async () => {
  const sound = await speech();
  const halfSampleLater = sound.map((sample, index) => (sample + (sound[index + 1] ?? 0)) / 2);
  for (const recording of [recorded(sound), recorded(halfSampleLater)]) {
    const steps = volumeSteps(recording, sound, -SHIFT_SAMPLES, RATE_HZ);
    expect(steps.length).toBeGreaterThan(200);
    expect(findDucks(steps, -6)).toEqual([]);
  }
});

test("a step of 14 dB is found within 10 ms, and its end is no other one", async () => {
  const sound = await speech();
  for (const duckAtMs of [503, 1_207, 2_038]) {
    const ducked = withGain(sound, duckAtMs, duckAtMs + 300, 0.2);
    const [foundAtMs = NaN, ...others] = findDucks(volumeSteps(recorded(ducked), sound, -SHIFT_SAMPLES, RATE_HZ), -12);
    expect(Math.abs(foundAtMs + 250 - duckAtMs)).toBeLessThanOrEqual(10);
    expect(others).toEqual([]);
  }
});

test("slips, gaps, another sound and a volume that is 4 dB off are no ducks, and a duck after them is found", async () => {
  const sound = await speech();
  const inserted = joined(sound.subarray(0, 27_000), new Float32Array(480), sound.subarray(27_000));
  const slipped = joined(inserted.subarray(0, 51_000), inserted.subarray(51_480));
  const late = joined(slipped.subarray(0, 33_000), new Float32Array(5_811), slipped.subarray(33_000));
  const other = joined(late.subarray(0, 70_000), sound.slice(20_000, 30_000), late.subarray(70_000));
  const softer = other.map((sample) => sample * 0.63);
  expect(findDucks(volumeSteps(recorded(softer), sound, -SHIFT_SAMPLES, RATE_HZ), -6)).toEqual([]);
  const ducked = withGain(softer, 2_200, 2_500, 0.2);
  const ducks = findDucks(volumeSteps(recorded(ducked), sound, -SHIFT_SAMPLES, RATE_HZ), -12);
  expect(ducks).toHaveLength(1);
  expect(Math.abs((ducks[0] as number) + 250 - 2_200)).toBeLessThanOrEqual(10);
});

test("where the sound is silent nothing can be told", () => {
  expect(volumeSteps(new Float32Array(RATE_HZ), new Float32Array(RATE_HZ), 0, RATE_HZ)).toEqual([]);
});

/** Speech with a faint noise under it, so that its volume can be told in its pauses too. */
async function speech(): Promise<Float32Array> {
  const random = new Random("room");
  const pcm = await spokenText("You can set timers, and you can ask for the time whenever you like.", "slt", RATE_HZ);
  return pcm.map((sample) => sample + random.between(-0.01, 0.01));
}

/** What a recorder has of it that was started 250 ms later, to which a little noise was added. */
function recorded(sound: Float32Array): Float32Array {
  const random = new Random("recorder");
  return sound.slice(SHIFT_SAMPLES).map((sample) => sample + random.between(-0.0005, 0.0005));
}

function withGain(sound: Float32Array, fromMs: number, toMs: number, gain: number): Float32Array {
  const [from, to] = [(fromMs * RATE_HZ) / 1000, (toMs * RATE_HZ) / 1000];
  return sound.map((sample, index) => (index >= from && index < to ? sample * gain : sample));
}

function joined(...pieces: readonly Float32Array[]): Float32Array {
  return Float32Array.from(pieces.flatMap((piece) => Array.from(piece)));
}

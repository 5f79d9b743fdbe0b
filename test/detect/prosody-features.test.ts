import { expect, test } from "vitest";
import { RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { PROSODY_SAMPLES, PROSODY_SHAPE, prosodyFeatures } from "../../src-main/detect/prosody-features.ts";

const MEL_ROWS = 80;
const FRAMES = 200;
const LOWEST_HZ = 65;
const PITCHES_PER_OCTAVE = 22;

function hum(hz: number, seconds: number): Float32Array {
  return Float32Array.from({ length: seconds * RECOGNITION_RATE_HZ }, (_, n) => {
    const phase = (2 * Math.PI * hz * n) / RECOGNITION_RATE_HZ;
    return 0.1 * [1, 2, 3, 4].reduce((sum, harmonic) => sum + Math.sin(harmonic * phase) / harmonic, 0);
  });
}

/** The pitches of a frame by how much it is like itself one period later. */
function pitchesOf(features: Float32Array, frame: number): readonly number[] {
  const rows = PROSODY_SHAPE[1]! - MEL_ROWS;
  return Array.from({ length: rows }, (_, pitch) => features[(MEL_ROWS + pitch) * FRAMES + frame] as number);
}

test.each([90, 120, 180, 250, 340])("a hum of %d Hz is most like itself one period later", (hz) => {
  const pitches = pitchesOf(prosodyFeatures(hum(hz, 2)), 100);
  const highest = pitches.findLastIndex((likeness) => likeness > 0.93 * Math.max(...pitches));
  const foundHz = LOWEST_HZ * 2 ** (highest / PITCHES_PER_OCTAVE);
  expect(Math.abs(Math.log2(foundHz / hz))).toBeLessThan(0.12);
  expect(Math.max(...pitches)).toBeGreaterThan(0.9);
});

test("what is heard lies at the end, with nothing in front of it", () => {
  const features = prosodyFeatures(hum(120, 1));
  expect(features).toHaveLength(PROSODY_SHAPE.reduce((product, size) => product * size));
  expect(Math.max(...pitchesOf(features, 50))).toBeCloseTo(0);
  expect(Math.max(...pitchesOf(features, 150))).toBeGreaterThan(0.9);
  const longer = new Float32Array(3 * PROSODY_SAMPLES);
  longer.set(hum(120, 1), longer.length - RECOGNITION_RATE_HZ);
  expect(prosodyFeatures(longer)).toEqual(features);
});

test("how loud the speech is does not matter to its spectrum", () => {
  const loud = prosodyFeatures(hum(150, 2)).subarray(0, MEL_ROWS * FRAMES);
  const soft = prosodyFeatures(hum(150, 2).map((sample) => sample / 10)).subarray(0, MEL_ROWS * FRAMES);
  for (const [index, value] of loud.entries()) expect(Math.abs(value - (soft[index] as number))).toBeLessThan(0.02);
  expect(Math.max(...loud)).toBe(0);
});

test("silence, samples that are no numbers and no samples at all give numbers", () => {
  for (const pcm of [new Float32Array(0), new Float32Array(40_000), new Float32Array(40_000).fill(Number.NaN)]) {
    expect(prosodyFeatures(pcm).every(Number.isFinite)).toBe(true);
  }
});

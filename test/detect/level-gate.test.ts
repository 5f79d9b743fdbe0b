import { expect, test } from "vitest";
import { RECOGNITION_FRAME_SAMPLES } from "../../src-shared/audio-format.ts";
import { LevelGate } from "../../src-main/detect/level-gate.ts";

function frame(levelDb: number): Float32Array {
  return new Float32Array(RECOGNITION_FRAME_SAMPLES).fill(10 ** (levelDb / 20));
}

function passAll(levelsDb: readonly number[], probability: number): number[] {
  const gate = new LevelGate();
  return levelsDb.map((levelDb) => gate.pass(frame(levelDb), probability));
}

test("what follows speech and is far below it is silence at once", () => {
  expect(passAll([-20, -22, -30, -44, -46, -60], 0.9)).toEqual([0.9, 0.9, 0.9, 0.9, 0, 0]);
});

test("in noise the detector's word counts", () => {
  expect(passAll([-20, -20, -32, -33, -32], 0.6)).toEqual([0.6, 0.6, 0.6, 0.6, 0.6]);
});

test("a quiet speaker is heard when the loud one is two seconds past", () => {
  const quiet = passAll([-15, ...Array.from({ length: 120 }, () => -45)], 0.9);
  expect(quiet[1]).toBe(0);
  expect(quiet.indexOf(0.9, 1)).toBeLessThan(60);
});

test("a loud noise that is no speech shuts nothing", () => {
  const gate = new LevelGate();
  gate.pass(frame(-6), 0.1);
  expect(gate.pass(frame(-40), 0.8)).toBe(0.8);
});

test("digital silence is silence", () => {
  const gate = new LevelGate();
  expect(gate.pass(new Float32Array(RECOGNITION_FRAME_SAMPLES), 0.9)).toBe(0.9);
  gate.pass(frame(-20), 0.9);
  expect(gate.pass(new Float32Array(RECOGNITION_FRAME_SAMPLES), 0.9)).toBe(0);
});

import { expect, test } from "vitest";
import { findIn, levelDb } from "./analysis.ts";
import { ROOM_FRAME_SAMPLES, SoundRoom } from "./sound-room.ts";

test("an empty room is never digitally silent and very quiet", () => {
  const level = levelDb(run(new SoundRoom(0), 0, 100));
  expect(level).toBeGreaterThan(-76);
  expect(level).toBeLessThan(-66);
});

test("a clip begins at the frame it was asked for, is whole, and tells its times", async () => {
  const room = new SoundRoom(0);
  const clip = noise(1100).map((sample) => sample * 0.3);
  const played = room.play(clip, 1_035);
  const heard = run(room, 1_000, 20);
  const found = findIn(heard, clip);
  expect(found.offsetSamples).toBe(4 * ROOM_FRAME_SAMPLES);
  expect(found.correlation).toBeGreaterThan(0.999);
  expect(await played).toEqual({ startedAtMs: 1_040, endedAtMs: 1_070 });
});

test("clips are mixed", () => {
  const room = new SoundRoom(0);
  void room.play(new Float32Array(4800).fill(0.25), 0);
  void room.play(new Float32Array(4800).fill(0.5), 0);
  expect(run(room, 0, 5)[100]).toBeCloseTo(0.75, 2);
});

test("stopping resolves the clip and leaves the noise", async () => {
  const room = new SoundRoom(0);
  const played = room.play(new Float32Array(48_000).fill(0.5), 0);
  run(room, 0, 3);
  room.stop(30);
  expect(await played).toEqual({ startedAtMs: 0, endedAtMs: 30 });
  expect(levelDb(run(room, 30, 10))).toBeLessThan(-66);
});

test("the speaker comes back through the echo path, 3 ms later, only when there is one", () => {
  const sound = noise(4800);
  const echoing = new SoundRoom(0.5);
  echoing.hearSpeaker(sound);
  const heard = run(echoing, 0, 15);
  const found = findIn(heard, sound.subarray(0, 4000));
  expect(found.offsetSamples).toBe(144);
  expect(levelDb(heard.subarray(144, 4900)) - levelDb(sound)).toBeCloseTo(-9.3, 0);
  const headset = new SoundRoom(0);
  headset.hearSpeaker(sound);
  expect(levelDb(run(headset, 0, 15))).toBeLessThan(-66);
});

function run(room: SoundRoom, fromMs: number, frames: number): Float32Array {
  const out = new Float32Array(frames * ROOM_FRAME_SAMPLES);
  for (let frame = 0; frame < frames; frame++) {
    out.set(room.nextFrame(fromMs + frame * 10), frame * ROOM_FRAME_SAMPLES);
  }
  return out;
}

function noise(length: number): Float32Array {
  let state = 7;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  });
}

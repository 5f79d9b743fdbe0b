import { expect, test } from "vitest";
import { RECOGNITION_FRAME_SAMPLES } from "../../src-shared/audio-format.ts";
import { QuietRoom } from "../../src-main/detect/quiet-room.ts";

function frame(levelDb: number): Float32Array {
  const amplitude = 10 ** (levelDb / 20);
  return new Float32Array(RECOGNITION_FRAME_SAMPLES).map((_, index) => (index % 2 === 0 ? amplitude : -amplitude));
}

/** Tells for each level whether the frame was quiet; what was not is judged by `probability`. */
function watch(room: QuietRoom, levelsDb: readonly number[], probability = 0): boolean[] {
  return levelsDb.map((levelDb) => {
    const isQuiet = room.isQuiet(frame(levelDb));
    if (!isQuiet) room.judge(probability);
    return isQuiet;
  });
}

function times(count: number, levelDb: number): number[] {
  return Array.from({ length: count }, () => levelDb);
}

test("a room is quiet after a second of its noise, and what is louder is looked at", () => {
  const room = new QuietRoom();
  const atFirst = watch(room, times(40, -50));
  expect(atFirst.indexOf(true)).toBe(31);
  expect(atFirst.lastIndexOf(false)).toBe(30);
  expect(watch(room, [-49, -46, -50, -20, -50])).toEqual([true, false, true, false, true]);
});

test("for a second after what may have been speech every frame is looked at", () => {
  const room = new QuietRoom();
  watch(room, times(40, -50));
  expect(watch(room, [-30], 0.2)).toEqual([false]);
  expect(watch(room, times(40, -50)).indexOf(true)).toBe(31);
});

test("a noise that begins is the room's after a while, and silence is at once", () => {
  const room = new QuietRoom();
  watch(room, times(40, -60));
  const quietFrom = watch(room, times(600, -40)).indexOf(true);
  expect(quietFrom).toBeGreaterThan(60);
  expect(quietFrom).toBeLessThan(150);
  expect(watch(room, [-60, -40])).toEqual([true, false]);
});

test("a frame that is no sound is not quiet, and changes nothing", () => {
  const room = new QuietRoom();
  watch(room, times(40, -50));
  expect(room.isQuiet(new Float32Array(RECOGNITION_FRAME_SAMPLES).fill(Number.NaN))).toBe(false);
  expect(watch(room, [-50, -40])).toEqual([true, false]);
});

test("digital silence is quiet, and the softest sound over it is not", () => {
  const room = new QuietRoom();
  const silence = Array.from({ length: 40 }, () => Number.NEGATIVE_INFINITY);
  expect(watch(room, silence).at(-1)).toBe(true);
  expect(watch(room, [-80])).toEqual([false]);
});

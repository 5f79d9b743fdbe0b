import { expect, test } from "vitest";
import { CAPTURE_FRAME_SAMPLES } from "../../src-shared/audio-format.ts";
import { CaptureProcess } from "../../src-renderer/microphone/capture-process.ts";

function record(): { capture: CaptureProcess; frames: number[][]; ends: number[]; levels: number[] } {
  const [frames, ends, levels]: [number[][], number[], number[]] = [[], [], []];
  const capture = new CaptureProcess({
    onFrame: (pcm, endSample) => {
      frames.push([...pcm]);
      ends.push(endSample);
    },
    onLevel: (levelRatio) => levels.push(levelRatio),
  });
  return { capture, frames, ends, levels };
}

const ramp = (from: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, index) => (from + index) / 65_536);

test.each([128, 96, 100, 441, 768, 1_000, 2_000])("quanta of %i samples come out as whole frames, in order", (size) => {
  const { capture, frames, ends } = record();
  const start = 12_345;
  for (let at = 0; at < 10_000; at += size) capture.push(ramp(at, size), start + at);
  expect(frames.length).toBe(Math.floor((Math.ceil(10_000 / size) * size) / CAPTURE_FRAME_SAMPLES));
  expect(frames.flat()).toEqual([...ramp(0, frames.length * CAPTURE_FRAME_SAMPLES)]);
  expect(ends).toEqual(frames.map((_, index) => start + (index + 1) * CAPTURE_FRAME_SAMPLES));
});

test("a frame never holds samples from before and after a hole", () => {
  const { capture, frames, ends } = record();
  capture.push(new Float32Array(500).fill(0.5), 0);
  for (let at = 9_000; at < 9_768; at += 128) capture.push(new Float32Array(128).fill(-0.25), at);
  expect(ends).toEqual([9_768]);
  expect(new Set(frames[0])).toEqual(new Set([-0.25]));
});

test("levels come for every third frame and tell the loudest of the three", () => {
  const { capture, levels } = record();
  const amplitudes = [0.1, 0.8, 0.2, 0, 0, 0, 1];
  amplitudes.forEach((amplitude, index) =>
    capture.push(new Float32Array(768).fill(amplitude * (index % 2 ? -1 : 1)), index * 768),
  );
  expect(levels).toEqual([expect.closeTo(0.8, 5), 0]);
});

test("the level of a sine is its root mean square", () => {
  const { capture, levels } = record();
  const sine = Float32Array.from({ length: 768 * 3 }, (_, index) => 0.5 * Math.sin((2 * Math.PI * index) / 32));
  capture.push(sine, 0);
  expect(levels).toEqual([expect.closeTo(0.5 / Math.SQRT2, 5)]);
});

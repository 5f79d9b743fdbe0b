import { expect, test } from "vitest";
import { SoundRecording } from "./sound-recording.ts";

/** A recording that began at 1,000,000 ms of the samples 0, 1, 2…, in chunks of 10 ms that arrive 5 ms late, every third 40 ms late. */
function recorded(chunks: number): SoundRecording {
  const recording = new SoundRecording();
  for (let chunk = 0; chunk < chunks; chunk++) {
    const pcm = Float32Array.from({ length: 480 }, (_, index) => chunk * 480 + index);
    recording.append(pcm, 1_000_000 + (chunk + 1) * 10 + (chunk % 3 === 0 ? 40 : 5));
  }
  return recording;
}

test("a cut by wall clock is set by the least delayed chunk", () => {
  const cut = recorded(100).cut(1_000_505, 1_000_605);
  expect(cut).toHaveLength(4800);
  expect(cut[0]).toBe(24_000);
  expect(cut.at(-1)).toBe(28_799);
});

test("a cut ends where the recording ends and begins where it begins", () => {
  expect(recorded(10).cut(1_000_055, 1_005_000)).toHaveLength(2400);
  expect(recorded(10).cut(999_000, 1_000_015)[0]).toBe(0);
  expect(recorded(10).cut(1_003_000, 1_004_000)).toHaveLength(0);
  expect(new SoundRecording().cut(0, 100)).toHaveLength(0);
});

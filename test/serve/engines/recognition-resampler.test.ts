import { expect, test } from "vitest";
import { RecognitionResampler } from "../../../src-main/serve/engines/recognition-resampler.ts";
import { CAPTURE_RATE_HZ, RECOGNITION_RATE_HZ } from "../../../src-shared/audio-format.ts";

function tone(hz: number, rateHz: number, samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, sample) => Math.sin((2 * Math.PI * hz * sample) / rateHz));
}

test.each([100, 1_000, 4_000, 6_000])("a tone of %i Hz is the same tone at the other rate, in its place", (hz) => {
  const out = new RecognitionResampler().process(tone(hz, CAPTURE_RATE_HZ, CAPTURE_RATE_HZ));
  const expected = tone(hz, RECOGNITION_RATE_HZ, out.length);
  const errors = out.map((sample, index) => Math.abs(sample - (expected[index] as number))).subarray(100);
  expect(out.length).toBeGreaterThan(RECOGNITION_RATE_HZ - 20);
  expect(Math.max(...errors)).toBeLessThan(0.005);
});

test.each([8_700, 10_000, 11_900])("a tone of %i Hz, which the other rate cannot hold, is gone", (hz) => {
  const out = new RecognitionResampler().process(tone(hz, CAPTURE_RATE_HZ, CAPTURE_RATE_HZ)).subarray(100);
  expect(Math.max(...out)).toBeLessThan(0.002);
});

test("cutting changes nothing", () => {
  const pcm = tone(777, CAPTURE_RATE_HZ, 5_000);
  const whole = new RecognitionResampler().process(pcm);
  const cut = new RecognitionResampler();
  const pieces: number[] = [];
  for (let at = 0, length = 0; at < pcm.length; at += length) {
    length = 1 + ((at * 7) % 97);
    pieces.push(...cut.process(pcm.subarray(at, at + length)));
  }
  expect(pieces).toEqual([...whole]);
});

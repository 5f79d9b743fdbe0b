import { expect, test } from "vitest";
import { FourierTransform } from "../../src-renderer/microphone/fourier-transform.ts";
import { noise } from "../fixtures/noise.ts";

test.each([2, 8, 64, 512])("a transform of %i samples agrees with the definition", (size) => {
  const signal = noise(2 * size);
  const [re, im] = [signal.slice(0, size), signal.slice(size)];
  new FourierTransform(size).forward(re, im);
  for (let bin = 0; bin < size; bin++) {
    let [real, imaginary] = [0, 0];
    for (let index = 0; index < size; index++) {
      const angle = (-2 * Math.PI * bin * index) / size;
      const [a, b] = [signal[index] as number, signal[size + index] as number];
      real += a * Math.cos(angle) - b * Math.sin(angle);
      imaginary += a * Math.sin(angle) + b * Math.cos(angle);
    }
    expect(re[bin]).toBeCloseTo(real, 3);
    expect(im[bin]).toBeCloseTo(imaginary, 3);
  }
});

test("the inverse undoes it", () => {
  const signal = noise(1024);
  const [re, im] = [signal.slice(0, 512), signal.slice(512)];
  const transform = new FourierTransform(512);
  transform.forward(re, im);
  transform.inverse(re, im);
  for (let index = 0; index < 512; index++) {
    expect(re[index]).toBeCloseTo(signal[index] as number, 5);
    expect(im[index]).toBeCloseTo(signal[512 + index] as number, 5);
  }
});

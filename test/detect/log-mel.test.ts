import { expect, test } from "vitest";
import { logMel, MEL_BANDS } from "../../src-main/detect/log-mel.ts";
import { noise } from "../fixtures/noise.ts";

/** What float32 results may differ by from the same formulas in double precision: 0.00004 dB. */
const TOLERANCE = 1e-6;

/** The edges of Slaney's auditory toolbox: 200/3 Hz a mel up to 1 kHz, then a factor of exp(ln(6.4)/27) a mel. */
function edgesHz(): number[] {
  const highest = 15 + Math.log(8) / (Math.log(6.4) / 27);
  return Array.from({ length: 82 }, (_, n) => {
    const mel = (n / 81) * highest;
    return mel < 15 ? (200 / 3) * mel : 1000 * Math.exp((Math.log(6.4) / 27) * (mel - 15));
  });
}

/** The same spectrogram straight from its definition: a dense filter matrix, and a sum over all samples for every bin. */
function naiveLogMel(pcm: Float32Array): number[][] {
  const edges = edgesHz();
  const spectra = Array.from({ length: Math.floor(pcm.length / 160) }, (_, spectrum) => {
    const power = Array.from({ length: 201 }, (_, bin) => {
      let [re, im] = [0, 0];
      for (let n = 0; n < 400; n++) {
        let at = 160 * spectrum - 200 + n;
        if (at < 0) at = -at;
        if (at >= pcm.length) at = 2 * (pcm.length - 1) - at;
        const sample = (pcm[at] as number) * Math.sin((Math.PI * n) / 400) ** 2;
        re += sample * Math.cos((2 * Math.PI * bin * n) / 400);
        im += sample * Math.sin((2 * Math.PI * bin * n) / 400);
      }
      return re * re + im * im;
    });
    return Array.from({ length: MEL_BANDS }, (_, band) => {
      const [low, middle, high] = edges.slice(band) as [number, number, number];
      let sum = 0;
      for (const [bin, value] of power.entries()) {
        const rising = (bin * 40 - low) / (middle - low);
        const falling = (high - bin * 40) / (high - middle);
        sum += Math.max(0, Math.min(rising, falling)) * (2 / (high - low)) * value;
      }
      return Math.log10(Math.max(1e-10, sum));
    });
  });
  const loudest = Math.max(...spectra.flat());
  return spectra.map((bands) => bands.map((value) => (Math.max(value, loudest - 8) + 4) / 4));
}

const SIGNALS: Readonly<Record<string, Float32Array>> = {
  noise: noise(8_000),
  "a rising tone": Float32Array.from({ length: 8_000 }, (_, n) => 0.9 * Math.sin(n * n * 0.0001)),
  "silence and a click": Float32Array.from({ length: 8_000 }, (_, n) => (n === 5_000 ? 1 : 0)),
  silence: new Float32Array(480),
};

test.each(Object.keys(SIGNALS))("is what its definition says for %s", (name) => {
  const pcm = SIGNALS[name] as Float32Array;
  const [mel, expected] = [logMel(pcm), naiveLogMel(pcm)];
  expect(mel.length).toBe(MEL_BANDS * expected.length);
  let worst = 0;
  for (const [spectrum, bands] of expected.entries())
    for (const [band, value] of bands.entries())
      worst = Math.max(worst, Math.abs(value - (mel[band * expected.length + spectrum] as number)));
  expect(worst).toBeLessThan(TOLERANCE);
});

test("a tone is loudest in the band that it lies in", () => {
  for (const toneHz of [100, 440, 1_000, 3_000, 7_500]) {
    const mel = logMel(Float32Array.from({ length: 4_000 }, (_, n) => Math.sin((2 * Math.PI * toneHz * n) / 16_000)));
    const bands = Array.from({ length: MEL_BANDS }, (_, band) => mel[band * 25 + 12] as number);
    const loudest = bands.indexOf(Math.max(...bands));
    const [low, , high] = edgesHz().slice(loudest) as [number, number, number];
    expect(toneHz).toBeGreaterThan(low - 40);
    expect(toneHz).toBeLessThan(high + 40);
  }
});

test("8 s give 800 spectra", () => {
  expect(logMel(new Float32Array(128_000)).length).toBe(80 * 800);
});

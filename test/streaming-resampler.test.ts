import { expect, test } from "vitest";
import { concatenate, resampleAll, StreamingResampler } from "../src-main/streaming-resampler.ts";

const RATES = [
  [8_000, 24_000],
  [16_000, 24_000],
  [24_000, 16_000],
  [44_100, 16_000],
  [48_000, 24_000],
  [96_000, 16_000],
  [16_000, 8_000],
] as const;

function tone(frequencyHz: number, rateHz: number, samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, n) => 0.5 * Math.sin((2 * Math.PI * frequencyHz * n) / rateHz));
}

/**
 * How well samples are a reference times some gain: the gain and the signal to noise, both in dB. 20 ms at both ends are left out, where
 * the filter sees the silence around the recording.
 */
function compare(reference: Float32Array, pcm: Float32Array, rateHz: number): { gainDb: number; noiseDb: number } {
  const edge = Math.round(rateHz / 50);
  const wanted = reference.subarray(edge, -edge);
  const got = pcm.subarray(edge, reference.length - edge);
  const energy = wanted.reduce((sum, sample) => sum + sample ** 2, 0);
  const gain = wanted.reduce((sum, sample, n) => sum + sample * got[n]!, 0) / energy;
  const noise = wanted.reduce((sum, sample, n) => sum + (gain * sample - got[n]!) ** 2, 0);
  return { gainDb: 20 * Math.log10(gain), noiseDb: 10 * Math.log10(noise / energy) };
}

function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

test.each(RATES)("tones keep their shape and place from %i to %i Hz", async (fromHz, toHz) => {
  for (const frequencyHz of [100, 440, 1_000, 0.35 * Math.min(fromHz, toHz)]) {
    const out = await resampleAll(tone(frequencyHz, fromHz, fromHz), fromHz, toHz);
    expect(out).toHaveLength(toHz);
    const { gainDb, noiseDb } = compare(tone(frequencyHz, toHz, toHz), out, toHz);
    expect(Math.abs(gainDb)).toBeLessThan(0.05);
    expect(noiseDb).toBeLessThan(-85);
  }
});

test("a chirp keeps its shape and place", async () => {
  const chirp = (rateHz: number) =>
    Float32Array.from({ length: 2 * rateHz }, (_, n) => {
      const seconds = n / rateHz;
      return 0.5 * Math.sin(2 * Math.PI * (50 + (5_000 / 4) * seconds) * seconds);
    });
  const out = await resampleAll(chirp(24_000), 24_000, 16_000);
  expect(compare(chirp(16_000), out, 16_000).noiseDb).toBeLessThan(-80);
});

test("what the lower rate cannot carry is gone", async () => {
  const out = await resampleAll(tone(10_000, 24_000, 24_000), 24_000, 16_000);
  const level = Math.sqrt(out.slice(320, -320).reduce((sum, sample) => sum + sample ** 2, 0) / (out.length - 640));
  expect(20 * Math.log10(level)).toBeLessThan(-80);
});

test.each(RATES)("pieces of any size give the same samples from %i to %i Hz", async (fromHz, toHz) => {
  const random = seededRandom(fromHz + toHz);
  const pcm = Float32Array.from({ length: fromHz }, () => random() - 0.5);
  const whole = await resampleAll(pcm, fromHz, toHz);
  for (let round = 0; round < 3; round++) {
    const resampler = await StreamingResampler.create(fromHz, toHz);
    const pieces: Float32Array[] = [];
    for (let offset = 0; offset < pcm.length;) {
      const size = Math.floor(random() * random() * 2_000);
      pieces.push(resampler.process(pcm.subarray(offset, offset + size)));
      offset += size;
    }
    pieces.push(resampler.finish());
    const out = concatenate(pieces);
    expect(out).toHaveLength(whole.length);
    let difference = 0;
    for (let n = 0; n < out.length; n++) difference = Math.max(difference, Math.abs(out[n]! - whole[n]!));
    expect(difference).toBeLessThan(1e-6);
  }
});

test("resamplers at work at the same time do not disturb each other", async () => {
  const inputs = [300, 500, 700, 1_100].map((frequencyHz) => tone(frequencyHz, 24_000, 24_000));
  const alone = await Promise.all(inputs.map((pcm) => resampleAll(pcm, 24_000, 16_000)));
  const resamplers = await Promise.all(inputs.map(() => StreamingResampler.create(24_000, 16_000)));
  const pieces: Float32Array[][] = inputs.map(() => []);
  for (let offset = 0; offset < 24_000; offset += 480) {
    for (const [index, pcm] of inputs.entries())
      pieces[index]!.push(resamplers[index]!.process(pcm.subarray(offset, offset + 480)));
  }
  for (const [index, resampler] of resamplers.entries())
    expect(concatenate([...pieces[index]!, resampler.finish()])).toEqual(alone[index]);
});

test("no more than 1.3 ms are held back from 24 to 16 kHz", async () => {
  const resampler = await StreamingResampler.create(24_000, 16_000);
  for (let frame = 0; frame < 50; frame++) {
    resampler.process(new Float32Array(768));
    expect(resampler.heldSamples / 16).toBeLessThan(1.3);
  }
});

test("equal rates and empty input are left as they are", async () => {
  const pcm = tone(440, 16_000, 100);
  expect(await resampleAll(pcm, 16_000, 16_000)).toEqual(pcm);
  expect(await resampleAll(new Float32Array(0), 44_100, 16_000)).toHaveLength(0);
});

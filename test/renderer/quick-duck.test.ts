import { expect, test } from "vitest";
import { QuickDuck } from "../../src-renderer/speaker/quick-duck.ts";

const RATE_HZ = 24_000;

/** Renders so many ms of full scale and returns the last sample. */
function render(duck: QuickDuck, ms: number, gainRatio = 1, each: () => void = () => undefined): number {
  let last = 0;
  for (let atMs = 0; atMs < ms; atMs += 5) {
    each();
    const out = new Float32Array(120).fill(gainRatio);
    duck.apply(out, gainRatio);
    last = out[119] as number;
  }
  return last;
}

test("lowers the volume by 14 dB within 5 ms, without a step", () => {
  const duck = new QuickDuck(RATE_HZ);
  duck.trigger();
  const out = new Float32Array(120).fill(1);
  duck.apply(out, 1);
  expect(out[119]).toBeCloseTo(0.2, 2);
  expect(Math.max(...out.map((sample, index) => Math.abs(sample - (out[index - 1] ?? 1))))).toBeLessThan(0.01);
});

test("comes back a quarter of a second after the last sign of speech", () => {
  const duck = new QuickDuck(RATE_HZ);
  duck.trigger();
  expect(render(duck, 240)).toBeCloseTo(0.2, 3);
  expect(render(duck, 90)).toBeCloseTo(1, 3);
});

test("is over after a second even if the speech goes on, and begins anew only after a pause", () => {
  const duck = new QuickDuck(RATE_HZ);
  const speak = () => duck.trigger();
  expect(render(duck, 990, 1, speak)).toBeCloseTo(0.2, 3);
  expect(render(duck, 500, 1, speak)).toBeCloseTo(1, 3);
  render(duck, 300);
  expect(render(duck, 50, 1, speak)).toBeCloseTo(0.2, 3);
});

test("the softer of its own and the assistant's volume counts", () => {
  const duck = new QuickDuck(RATE_HZ);
  duck.trigger();
  expect(render(duck, 50, 0.1)).toBeCloseTo(0.1, 3);
  duck.trigger();
  expect(render(duck, 50, 0.5)).toBeCloseTo(0.2, 3);
});

test("a block at silent volume stays silent", () => {
  const duck = new QuickDuck(RATE_HZ);
  duck.trigger();
  expect(render(duck, 50, 0)).toBe(0);
});

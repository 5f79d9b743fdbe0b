import { describe, expect, test } from "vitest";
import { cutInRateAt } from "../../bench/turns/endpoint-figures.ts";
import { decideBySilence } from "../../bench/turns/silence-only.ts";

describe("the cut-in rate of a curve at a median delay", () => {
  const curve = [
    { cutInRate: 0.4, medianMs: 300, p95Ms: 0, unanswered: 0 },
    { cutInRate: 0.2, medianMs: 500, p95Ms: 0, unanswered: 0 },
  ];

  test.each([
    [300, 0.4],
    [400, 0.3],
    [500, 0.2],
    [200, 0.4],
    [900, 0.2],
  ])("at %d ms it is %d", (medianMs, rate) => {
    expect(cutInRateAt(curve, medianMs)).toBeCloseTo(rate);
  });
});

describe("silence alone", () => {
  const speech = (frames: number) => Array<number>(frames).fill(1);
  const quiet = (frames: number) => Array<number>(frames).fill(0);
  // 320 ms of speech from 320 ms on, 320 ms of silence, and the same again.
  const stream = [...quiet(10), ...speech(10), ...quiet(10), ...speech(10), ...quiet(40)];

  test("answers in a pause that is longer than the threshold", () => {
    const { decidedAtMs = 0, firstAudibleAtMs = 0 } = decideBySilence(stream, 200, 100);
    expect(decidedAtMs).toBeCloseTo(640 + 200, -1);
    expect(firstAudibleAtMs).toBeCloseTo(decidedAtMs + 15);
  });

  test("waits through a shorter pause, and for the reply to be ready", () => {
    const { decidedAtMs = 0, firstAudibleAtMs = 0 } = decideBySilence(stream, 500, 700);
    expect(decidedAtMs).toBeCloseTo(1_280 + 500, -1);
    expect(firstAudibleAtMs).toBeCloseTo(decidedAtMs + 200 + 15);
  });

  test("never answers when nobody speaks", () => {
    expect(decideBySilence(quiet(50), 200, 100).decidedAtMs).toBeUndefined();
  });
});

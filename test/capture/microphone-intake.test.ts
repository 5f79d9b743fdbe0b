import { expect, test } from "vitest";
import { MicrophoneIntake } from "../../src-main/capture/microphone-intake.ts";

const RATE_HZ = 24_000;
const FRAME_SAMPLES = 768;

interface Taken {
  readonly pcm16: Float32Array;
  readonly endedAtMs: number;
}

async function intakeWith(): Promise<{
  readonly intake: MicrophoneIntake;
  readonly taken: Taken[];
  readonly breaks: number[];
}> {
  const taken: Taken[] = [];
  const breaks: number[] = [];
  const intake = await MicrophoneIntake.create({
    onFrame: (pcm16, endedAtMs) => taken.push({ pcm16, endedAtMs }),
    onBreak: (endedAtMs) => breaks.push(endedAtMs),
  });
  return { intake, taken, breaks };
}

/** Frame n of a tone that began at time 0. */
function toneFrame(index: number, frequencyHz = 300): Float32Array {
  return Float32Array.from({ length: FRAME_SAMPLES }, (_, n) =>
    Math.sin((2 * Math.PI * frequencyHz * (index * FRAME_SAMPLES + n)) / RATE_HZ),
  );
}

test("every frame comes out at once, as long, with the time of its samples", async () => {
  const { intake, taken } = await intakeWith();
  for (let index = 0; index < 40; index++) {
    intake.accept({ pcm: toneFrame(index), endedAtMs: (index + 1) * 32 });
    expect(taken).toHaveLength(index + 1);
  }
  for (const [index, { pcm16, endedAtMs }] of taken.entries()) {
    expect(pcm16).toHaveLength(512);
    expect((index + 1) * 32 - endedAtMs).toBeCloseTo(1.5, 6);
    if (index === 0 || index === 39) continue;
    for (const [n, sample] of pcm16.entries()) {
      const atMs = endedAtMs - (512 - n) / 16;
      expect(Math.abs(sample - Math.sin((2 * Math.PI * 300 * atMs) / 1000))).toBeLessThan(1e-3);
    }
  }
});

test("frames of the wrong shape are left out and counted", async () => {
  const { intake, taken } = await intakeWith();
  intake.accept({ pcm: new Float32Array(767), endedAtMs: 32 });
  intake.accept({ pcm: new Float32Array(0), endedAtMs: 32 });
  intake.accept({ pcm: new Float32Array(768), endedAtMs: Number.NaN });
  expect(taken).toHaveLength(0);
  expect(intake.counters.malformedFrames).toBe(3);
});

test("samples that are not numbers become silence and are counted", async () => {
  const { intake, taken } = await intakeWith();
  const pcm = new Float32Array(768);
  pcm[10] = Number.NaN;
  pcm[11] = Number.POSITIVE_INFINITY;
  intake.accept({ pcm, endedAtMs: 32 });
  intake.accept({ pcm: toneFrame(1), endedAtMs: 64 });
  expect(intake.counters.repairedSamples).toBe(2);
  expect(taken.every(({ pcm16 }) => pcm16.every(Number.isFinite))).toBe(true);
  expect(pcm[10]).toBeNaN();
});

test("lost frames are filled with silence, so that time stays true", async () => {
  const { intake, taken } = await intakeWith();
  for (const index of [0, 1, 2, 6, 7]) intake.accept({ pcm: toneFrame(index), endedAtMs: (index + 1) * 32 });
  expect(intake.counters.filledFrames).toBe(3);
  expect(taken.map(({ endedAtMs }) => Math.round(endedAtMs + 1.5))).toEqual([32, 64, 96, 128, 160, 192, 224, 256]);
  expect(Math.max(...taken[4]!.pcm16.map(Math.abs))).toBeLessThan(1e-3);
});

test("jitter is no gap", async () => {
  const { intake, taken } = await intakeWith();
  for (let index = 0; index < 20; index++)
    intake.accept({ pcm: toneFrame(index), endedAtMs: (index + 1) * 32 + (index % 3) * 10 });
  expect(intake.counters.filledFrames).toBe(0);
  expect(taken).toHaveLength(20);
});

test("after a long gap the stream begins anew, and what came before it is told to have ended", async () => {
  const { intake, taken, breaks } = await intakeWith();
  intake.accept({ pcm: toneFrame(0), endedAtMs: 32 });
  intake.accept({ pcm: toneFrame(1), endedAtMs: 60_064 });
  expect(intake.counters).toMatchObject({ filledFrames: 0, breaks: 1 });
  expect(breaks).toEqual([32]);
  expect(taken[0]!.endedAtMs).toBeCloseTo(30.5);
  expect(taken.at(-1)!.endedAtMs).toBeCloseTo(60_062.5);
  const between = taken.slice(2, -1);
  expect(between).toHaveLength(19);
  for (const { pcm16, endedAtMs } of between) {
    expect(endedAtMs).toBeGreaterThan(59_000);
    expect(Math.max(...pcm16.map(Math.abs))).toBeLessThan(1e-3);
  }
});

test("a long step back begins the stream anew, a short one is a clock put right", async () => {
  const { intake, taken, breaks } = await intakeWith();
  const times: number[] = [];
  for (const endedAtMs of [9_000, 9_032, 5_000, 5_032, 4_950, 4_982, 900]) {
    intake.accept({ pcm: toneFrame(0), endedAtMs });
    times.push(Math.round(taken.at(-1)!.endedAtMs + 1.5));
  }
  expect(breaks).toEqual([9_032, 4_982]);
  expect(times).toEqual([9_000, 9_032, 5_000, 5_032, 4_950, 4_982, 900]);
});

import { describe, expect, test } from "vitest";
import { EngineMemory } from "../../bench/turns/virtual/engine-memory.ts";
import { takeTurn } from "../../bench/turns/virtual-session.ts";
import type { EndOfTurnPredictor } from "../../src-main/turn/ports.ts";
import { CAPTURE_RATE_HZ, msToSamples } from "../../src-shared/audio-format.ts";
import { succeeded } from "../../src-shared/failure.ts";
import { FakeTranscriber } from "../fakes/fake-stages.ts";

/** Speech for 900 ms, a pause of 600 ms, and speech again. */
const SPOKEN_MS = [700, 1_600, 2_200, 3_000] as const;
const SOUND = { id: "a turn", pcm: turn(), endMs: SPOKEN_MS[3] };

describe("one turn in virtual time", () => {
  test("is answered after its end when no end is expected", async () => {
    const { memory } = engineMemory();
    const taken = await takeTurn(SOUND, memory, { patience: "patient", createPredictor: () => predictorOf(0) });
    expect(taken.cutIn).toBe(false);
    expect(taken.transcript).toBe("What time is it?");
    expect(taken.decidedAtMs).toBeGreaterThan(SOUND.endMs + 2_000);
    expect(taken.firstAudibleAtMs).toBeCloseTo((taken.decidedAtMs ?? 0) + 15, 3);
  });

  test("is cut into when an end is expected in its pause", async () => {
    const { memory } = engineMemory();
    const taken = await takeTurn(SOUND, memory, { patience: "quick", createPredictor: () => predictorOf(1) });
    expect(taken.cutIn).toBe(true);
    expect(taken.decidedAtMs).toBeGreaterThan(SPOKEN_MS[1]);
  });

  test("asks the engines the same thing only once", async () => {
    const { memory, transcriber } = engineMemory();
    const conduct = { patience: "patient" as const, createPredictor: () => predictorOf(0) };
    const first = await takeTurn(SOUND, memory, conduct);
    const requests = transcriber.requests.length;
    const second = await takeTurn(SOUND, memory, conduct);
    expect(requests).toBeGreaterThan(0);
    expect(transcriber.requests.length).toBe(requests);
    expect(second.decidedAtMs).toBe(first.decidedAtMs);
  });
});

function engineMemory() {
  const transcriber = new FakeTranscriber();
  const close = async (): Promise<void> => undefined;
  const detector = {
    detect: async (frame: Float32Array) => succeeded(Math.abs(frame[200] ?? 0) > 0.1 ? 1 : 0),
    judgeProsody: async () => succeeded(0),
    close,
  };
  const sentence = { samples: 24_000, chunks: 1, words: [] };
  const synthesizer = {
    speak: async () => {
      const nowMs = performance.timeOrigin + performance.now();
      return succeeded({ ...sentence, firstPcmAtMs: nowMs, lastPcmAtMs: nowMs });
    },
    close,
  };
  return { memory: new EngineMemory({ detector, transcriber, synthesizer }), transcriber };
}

function predictorOf(endProbability: number): EndOfTurnPredictor {
  return {
    begin: () => undefined,
    hear: () => undefined,
    predict: async () => succeeded(endProbability),
    close: async () => undefined,
  };
}

function turn(): Float32Array {
  const [start, pause, resume, end] = SPOKEN_MS.map((ms) => msToSamples(ms, CAPTURE_RATE_HZ));
  const pcm = new Float32Array(msToSamples(SPOKEN_MS[3] + 4_000, CAPTURE_RATE_HZ));
  return pcm.fill(0.5, start, pause).fill(0.5, resume, end);
}

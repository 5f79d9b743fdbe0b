import { expect, test } from "vitest";
import { failure, FailureError } from "../../../src-shared/failure.ts";
import { parseTrace, recordTrace } from "../../../src-main/play/source/arrival-trace.ts";
import { arrivalTimes } from "../../../src-main/play/source/arrival-times.ts";
import { STEADY, type JitterSpec } from "../../../src-main/play/source/jitter-spec.ts";
import { simulateJitter } from "../../../src-main/play/source/simulate-jitter.ts";
import { collect, countingBytes, joined, streamOf } from "./open-source.ts";

const BYTES_PER_SECOND = 48_000;
const AUDIO = countingBytes(96_000);
/** 20 ms each. */
const CHUNKS = Array.from({ length: 100 }, (_, index) => AUDIO.subarray(index * 960, (index + 1) * 960));

/** Time that passes only while somebody sleeps. */
class VirtualTime {
  atMs = 5000;
  readonly nowMs = (): number => this.atMs;
  readonly sleep = async (durationMs: number): Promise<void> => {
    await Promise.resolve();
    this.atMs += durationMs;
  };
}

/** Arrivals of the chunks on a virtual clock. */
async function simulated(chunks: AsyncIterable<Uint8Array>, spec: JitterSpec, seed = 1) {
  const time = new VirtualTime();
  const times: number[] = [];
  async function* watched(): AsyncGenerator<Uint8Array> {
    const { nowMs, sleep } = time;
    for await (const chunk of simulateJitter(chunks, spec, { seed, nowMs, sleep, bytesPerSecond: BYTES_PER_SECOND })) {
      times.push(time.atMs - 5000);
      yield chunk;
    }
  }
  return { ...(await collect(watched())), times };
}

const SPECS: readonly [string, Partial<JitterSpec>][] = [
  ["steady", {}],
  ["a burst", { burstChunks: 7 }],
  ["a slow pace and a slow start", { paceRatio: 1.3, slowStartMs: 800 }],
  ["a stall", { stalls: [{ durationMs: 400, afterAudioMs: 500 }] }],
  ["Wi-Fi and loss", { wifiMostMs: 150, lossProbability: 0.03 }],
  [
    "a trace",
    {
      trace: [
        { arrivalMs: 100, bytes: 50_000 },
        { arrivalMs: 900, bytes: 46_000 },
      ],
    },
  ],
];

test.each(SPECS)("under %s the bytes stay as they are and arrive when arrivalTimes says", async (_name, parts) => {
  const spec = { ...STEADY, ...parts };
  const { bytes, times, failure } = await simulated(streamOf(CHUNKS), spec, 42);
  expect(failure).toBeUndefined();
  expect(bytes).toEqual(AUDIO);
  const expected = arrivalTimes(
    spec,
    CHUNKS.map(() => 20),
    42,
  );
  expect(times).toHaveLength(expected.length);
  for (const [index, arrivalMs] of expected.entries()) expect(times[index]).toBeCloseTo(arrivalMs, 6);
});

test("breaks off to the byte, in the middle of a chunk", async () => {
  const { bytes, failure, times } = await simulated(streamOf(CHUNKS), { ...STEADY, errorAfterAudioMs: 1005 });
  expect(bytes).toEqual(AUDIO.subarray(0, 48_240));
  expect(times).toHaveLength(51);
  expect(failure).toEqual({
    code: "source-lost",
    stage: "input",
    detail: "the simulated network broke off after 1.005 s of audio",
    retryable: true,
  });
});

test("what is no longer than that does not break off", async () => {
  expect((await simulated(streamOf(CHUNKS), { ...STEADY, errorAfterAudioMs: 2000 })).failure).toBeUndefined();
  const none = await simulated(streamOf(CHUNKS), { ...STEADY, errorAfterAudioMs: 0 });
  expect([none.chunks, none.failure?.code]).toEqual([[], "source-lost"]);
});

test("when the stream itself breaks, what had come arrives first", async () => {
  const broken = new FailureError(failure("source-lost", "input", "gone", true));
  const { bytes, failure: reason } = await simulated(streamOf(CHUNKS.slice(0, 10), broken), {
    ...STEADY,
    burstChunks: 4,
  });
  expect(bytes).toEqual(joined(CHUNKS.slice(0, 10)));
  expect(reason?.detail).toBe("gone");
});

test("a stream that is later than its simulated network is not delayed further", async () => {
  const time = new VirtualTime();
  async function* late(): AsyncGenerator<Uint8Array> {
    for (const chunk of CHUNKS.slice(0, 3)) {
      await time.sleep(500);
      yield chunk;
    }
  }
  const { nowMs, sleep } = time;
  const surroundings = { seed: 1, nowMs, sleep, bytesPerSecond: BYTES_PER_SECOND };
  await collect(simulateJitter(late(), STEADY, surroundings));
  expect(time.atMs).toBe(6500);
});

test("holds no more than a burst, and leaving closes the stream", async () => {
  let taken = 0;
  let isClosed = false;
  async function* counted(): AsyncGenerator<Uint8Array> {
    try {
      for (const chunk of CHUNKS) {
        taken++;
        yield chunk;
      }
    } finally {
      isClosed = true;
    }
  }
  const { nowMs, sleep } = new VirtualTime();
  const surroundings = { seed: 1, nowMs, sleep, bytesPerSecond: BYTES_PER_SECOND };
  let given = 0;
  for await (const chunk of simulateJitter(counted(), { ...STEADY, burstChunks: 5 }, surroundings)) {
    given += chunk.length / 960;
    expect(taken - given).toBeLessThan(5);
    if (given === 42) break;
  }
  expect(isClosed).toBe(true);
});

test("a recorded trace makes the same arrivals again", async () => {
  const time = new VirtualTime();
  const { nowMs, sleep } = time;
  const spec = { ...STEADY, wifiMostMs: 150 };
  const surroundings = { seed: 9, nowMs, sleep, bytesPerSecond: BYTES_PER_SECOND };
  let written = "";
  const live = simulateJitter(streamOf(CHUNKS), spec, surroundings);
  const recorded = recordTrace(live, { nowMs, openedAtMs: nowMs(), write: (line) => (written += line) });
  expect((await collect(recorded)).bytes).toEqual(AUDIO);
  const trace = parseTrace(written, "recorded");
  expect(trace).toHaveLength(100);
  expect(trace[0]?.bytes).toBe(960);
  const again = await simulated(streamOf(CHUNKS), { ...STEADY, trace });
  const expected = arrivalTimes(
    spec,
    CHUNKS.map(() => 20),
    9,
  );
  for (const [index, arrivalMs] of expected.entries()) expect(again.times[index]).toBeCloseTo(arrivalMs, 2);
});

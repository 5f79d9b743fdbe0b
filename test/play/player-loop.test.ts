import { beforeEach, expect, test } from "vitest";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { ClockedDevice } from "../../src-main/play/clocked-device.ts";
import { PlayerLoop, type ReplyOptions } from "../../src-main/play/player-loop.ts";
import { AdaptiveStart } from "../../src-main/play/adaptive-start.ts";
import { FixedStart, type StartPolicyMaker } from "../../src-main/play/start-policy.ts";
import type { PlaybackLevel, PlayerEvent } from "../../src-main/turn/ports.ts";

const SECOND = PLAYBACK_RATE_HZ;

let nowMs: number;
let ring: PcmRing;
let events: PlayerEvent[];
let output: number[];
let loop: PlayerLoop;
let startPolicy: StartPolicyMaker;

beforeEach(() => {
  nowMs = 50_000;
  ring = new PcmRing(PcmRing.allocate(40 * SECOND), () => nowMs);
  events = [];
  output = [];
  startPolicy = () => new FixedStart(40);
  loop = new PlayerLoop(ring, { nowMs: () => nowMs, emit: (event) => events.push(structuredClone(event)) });
});

function attachDevice(): ClockedDevice {
  const device = new ClockedDevice({
    name: "file",
    originAtMs: nowMs,
    nowMs: () => nowMs,
    write: (block) => output.push(...block),
    onReport: (report) => loop.take(report),
  });
  loop.attach(device);
  return device;
}

function begin(generation: number, options?: ReplyOptions): void {
  ring.setGeneration(generation);
  ring.beginWriting(generation);
  loop.begin(generation, nowMs, startPolicy, options);
}

function write(samples: number, generation = 1): void {
  const pcm = new Float32Array(samples).fill(0.5);
  expect(ring.write(pcm, 0, samples, generation)).toBe(samples);
}

/** A reply that is there as a whole when it is released. */
function beginWhole(samples: number): void {
  begin(1);
  write(samples);
  loop.end(1, samples);
  loop.release(1);
}

/** Lets `ms` pass in steps of the player's own pump interval. The device renders when it is given any command. */
function pass(ms: number, device?: ClockedDevice): void {
  for (let passed = 0; passed < ms; passed += 4) {
    nowMs += 4;
    device?.command({ kind: "gain", ratio: 1, rampMs: 0 });
    loop.pump();
  }
}

/** Pieces of 20 ms, each of which comes when the one before has been played. */
function writePieces(count: number, device: ClockedDevice): void {
  for (let piece = 0; piece < count; piece++) {
    write(0.02 * SECOND);
    pass(20, device);
  }
}

function lastLevel(): PlaybackLevel | undefined {
  return events.findLast((event) => event.kind === "progress")?.level;
}

function finished(): Extract<PlayerEvent, { kind: "finished" }> {
  return events.find((event) => event.kind === "finished") as Extract<PlayerEvent, { kind: "finished" }>;
}

test("plays nothing before the release and everything after it, and measures", () => {
  const device = attachDevice();
  expect(loop.isIdle).toBe(true);
  begin(1);
  expect(loop.isIdle).toBe(false);
  pass(100, device);
  write(SECOND);
  pass(200, device);
  expect(output.every((sample) => sample === 0)).toBe(true);
  loop.end(1, SECOND);
  const releasedAtMs = nowMs;
  loop.release(1);
  pass(1200, device);
  expect(loop.isIdle).toBe(true);
  void device.close();
  expect(events.map((event) => event.kind)).toContain("audible");
  const { metrics, flushed, positionSamples } = finished();
  expect({ flushed, positionSamples }).toEqual({ flushed: false, positionSamples: SECOND });
  expect(metrics).toMatchObject({
    underruns: 0,
    underrunTotalMs: 0,
    samplesPlayed: SECOND,
    audioMs: 1000,
    playbackMs: 1000,
    chunksReceived: 1,
    audioPath: "file",
  });
  expect(metrics.ttfbMs).toBeCloseTo(104, -1);
  expect(metrics.ttfaMs).toBeGreaterThanOrEqual(releasedAtMs - 50_000);
  expect(metrics.ttfaMs).toBeLessThan(releasedAtMs - 50_000 + 25);
});

test("a starving source is an underrun with its gap, and loses nothing", () => {
  const device = attachDevice();
  begin(1);
  write(0.2 * SECOND);
  loop.release(1);
  pass(500, device);
  write(0.5 * SECOND);
  loop.end(1, 0.7 * SECOND);
  pass(800, device);
  void device.close();
  const { metrics, positionSamples } = finished();
  expect(positionSamples).toBe(0.7 * SECOND);
  expect(metrics.underruns).toBe(1);
  expect(metrics.underrunTotalMs).toBeGreaterThan(270);
  expect(metrics.underrunTotalMs).toBeLessThan(320);
  expect(metrics.underrunMaxMs).toBe(metrics.underrunTotalMs);
  expect(metrics.playbackMs).toBeCloseTo(700 + metrics.underrunTotalMs, 3);
});

test("sends no more ahead than the device may hold, and all of a long reply in the end", () => {
  const device = attachDevice();
  let sent = 0;
  const pcm = device.pcm.bind(device);
  device.pcm = (generation, samples) => {
    sent += samples.length;
    pcm(generation, samples);
  };
  begin(1);
  write(12 * SECOND);
  loop.release(1);
  loop.end(1, 12 * SECOND);
  expect(sent).toBe(4 * SECOND);
  pass(12_500, device);
  void device.close();
  expect(finished()).toMatchObject({ flushed: false, positionSamples: 12 * SECOND, metrics: { underruns: 0 } });
});

test("a reply that is there at once starts with its first piece, and what was sent before its release need not be sent again", () => {
  const sent: string[] = [];
  const command = ({ kind }: { readonly kind: string }): void => void sent.push(kind);
  loop.attach({ name: "port", command, pcm: () => void sent.push("pcm"), close: async () => {} });
  const sendReply = (generation: number): void => {
    begin(generation);
    write(2 * SECOND, generation);
    loop.end(generation, 2 * SECOND);
    sent.length = 0;
  };
  begin(1);
  loop.release(1);
  write(2 * SECOND);
  sent.length = 0;
  loop.pump();
  expect(sent.slice(0, 4)).toEqual(["begin", "pcm", "start", "pcm"]);
  expect(sent.filter((kind) => kind === "pcm")).toHaveLength(20);
  sendReply(2);
  loop.release(2);
  expect(sent).toEqual(["start"]);
});

test("a flush ends the reply where it was", () => {
  const device = attachDevice();
  begin(1);
  write(2 * SECOND);
  loop.release(1);
  pass(500, device);
  ring.setGeneration(0);
  loop.flush();
  pass(100, device);
  void device.close();
  expect(finished().flushed).toBe(true);
  expect(finished().positionSamples / SECOND).toBeCloseTo(0.5, 1);
  expect(output.slice(-0.08 * SECOND).every((sample) => sample === 0)).toBe(true);
});

test("an output that comes soon plays the reply that waited for it", () => {
  beginWhole(SECOND);
  pass(1000);
  const device = attachDevice();
  pass(1200, device);
  expect(finished()).toMatchObject({ flushed: false, positionSamples: SECOND });
});

test("without an output the reply ends unheard and says why", () => {
  beginWhole(SECOND);
  pass(3100);
  expect(events).toMatchObject([
    { kind: "output-failed", failure: { code: "output-missing" } },
    { kind: "finished", flushed: true, positionSamples: 0, metrics: { audioPath: "none" } },
  ]);
});

test("an output that goes away loses nothing: the next one goes on from the same sample", () => {
  const device = attachDevice();
  begin(1);
  const ramp = Float32Array.from({ length: 2 * SECOND }, (_, index) => 0.1 + (index / SECOND) * 0.2);
  ring.write(ramp, 0, ramp.length, 1);
  loop.end(1, ramp.length);
  loop.release(1);
  pass(600, device);
  loop.attach(undefined);
  expect(events.at(-1)).toMatchObject({ kind: "output-failed", failure: { code: "output-lost", retryable: true } });
  const heardBefore = output.length;
  pass(2_000);
  const next = attachDevice();
  pass(1_700, next);
  void next.close();
  expect(finished()).toMatchObject({ flushed: false, positionSamples: 2 * SECOND });
  expect(finished().metrics).toMatchObject({ samplesPlayed: 2 * SECOND, underruns: 0, audioPath: "file, file" });
  const faded = 120;
  const beganAt = output.findIndex((sample) => sample !== 0);
  const position = heardBefore - beganAt;
  expect(output[heardBefore - 1]).toBeCloseTo(ramp[position - 1] as number, 5);
  const resumed = output.slice(heardBefore).findIndex((sample) => sample !== 0);
  expect(output[heardBefore + resumed + faded]).toBeCloseTo(ramp[position + faded] as number, 4);
});

test("an output that does not come back ends the reply with what was heard", () => {
  const device = attachDevice();
  begin(1);
  write(2 * SECOND);
  loop.release(1);
  pass(600, device);
  loop.attach(undefined);
  pass(31_000);
  expect(finished().flushed).toBe(true);
  expect(finished().positionSamples / SECOND).toBeCloseTo(0.6, 1);
});

test("silence at the beginning beyond 60 ms is not played, and is reported", () => {
  const device = attachDevice();
  begin(1);
  ring.write(new Float32Array(0.5 * SECOND), 0, 0.5 * SECOND, 1);
  loop.release(1);
  pass(100, device);
  write(SECOND);
  loop.end(1, 1.5 * SECOND);
  pass(1_200, device);
  void device.close();
  const { metrics, positionSamples } = finished();
  expect(metrics).toMatchObject({ leadingSilenceMs: 500, audioMs: 1500, samplesPlayed: 1.02 * SECOND });
  expect(positionSamples).toBe(1.5 * SECOND);
  expect(metrics.ttfaMs).toBeLessThan(150);
});

test("pauses and goes on without losing a sample or counting a gap", () => {
  const device = attachDevice();
  beginWhole(SECOND);
  pass(300, device);
  loop.setPaused(1, true);
  pass(500, device);
  loop.setPaused(1, false);
  pass(900, device);
  void device.close();
  const { metrics } = finished();
  expect(metrics).toMatchObject({ underruns: 0, samplesPlayed: SECOND });
  expect(metrics.playbackMs).toBeCloseTo(1_500, -2);
});

test.each([
  [true, 450],
  [false, 1_050],
])("a backlog after a stall (live: %s) is down to %i ms after 8 s", (isLive, mostMs) => {
  const device = attachDevice();
  startPolicy = (requestedAtMs) => new AdaptiveStart(requestedAtMs);
  begin(1, { isLive });
  loop.release(1);
  writePieces(50, device);
  write(0.8 * SECOND);
  writePieces(400, device);
  const bufferedMs = ((lastLevel()?.bufferedSamples ?? 0) * 1000) / SECOND;
  expect(bufferedMs).toBeLessThan(mostMs);
  expect(bufferedMs).toBeGreaterThan(mostMs - 300);
  expect(lastLevel()?.underruns).toBe(0);
});

test("a live source that begins with a backlog is caught up with from the start", () => {
  const device = attachDevice();
  begin(1, { isLive: true });
  write(2 * SECOND);
  loop.release(1);
  writePieces(500, device);
  expect(((lastLevel()?.bufferedSamples ?? 0) * 1000) / SECOND).toBeLessThan(1_400);
  expect(lastLevel()?.underruns).toBe(0);
});

test("pieces that come after the end are counted and not played", () => {
  const device = attachDevice();
  begin(1);
  write(0.5 * SECOND);
  loop.release(1);
  loop.end(1, 0.5 * SECOND);
  write(0.1 * SECOND);
  write(0.1 * SECOND);
  pass(800, device);
  expect(finished()).toMatchObject({ flushed: false, metrics: { samplesPlayed: 0.5 * SECOND, chunksAfterEnd: 2 } });
});

test("a newer reply ends the one before", () => {
  const device = attachDevice();
  begin(1);
  write(SECOND);
  loop.release(1);
  pass(100, device);
  begin(2);
  write(0.1 * SECOND, 2);
  loop.end(2, 0.1 * SECOND);
  loop.release(2);
  pass(300, device);
  void device.close();
  expect(events.filter((event) => event.kind === "finished")).toMatchObject([
    { generation: 1, flushed: true },
    { generation: 2, flushed: false, positionSamples: 0.1 * SECOND },
  ]);
});

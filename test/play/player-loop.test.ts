import { beforeEach, expect, test } from "vitest";
import { AdaptiveStart } from "../../src-main/play/adaptive-start.ts";
import { noise } from "../fixtures/noise.ts";
import { PlayerRig, SECOND } from "./player-rig.ts";

const FADE_SAMPLES = 120;

let rig: PlayerRig;

beforeEach(() => {
  rig = new PlayerRig();
});

test("plays nothing before the release and everything after it, and measures", () => {
  const device = rig.attachDevice();
  expect(rig.loop.isIdle).toBe(true);
  rig.begin(1);
  expect(rig.loop.isIdle).toBe(false);
  rig.pass(100, device);
  rig.write(SECOND);
  rig.pass(200, device);
  expect(rig.output.every((sample) => sample === 0)).toBe(true);
  rig.loop.end(1, SECOND);
  const releasedAtMs = rig.nowMs;
  rig.loop.release(1);
  rig.pass(1200, device);
  expect(rig.loop.isIdle).toBe(true);
  void device.close();
  expect(rig.events.map((event) => event.kind)).toContain("audible");
  const { metrics, flushed, positionSamples } = rig.finished();
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
  const device = rig.attachDevice();
  rig.begin(1);
  rig.write(0.2 * SECOND);
  rig.loop.release(1);
  rig.pass(500, device);
  rig.write(0.5 * SECOND);
  rig.loop.end(1, 0.7 * SECOND);
  rig.pass(800, device);
  void device.close();
  const { metrics, positionSamples } = rig.finished();
  expect(positionSamples).toBe(0.7 * SECOND);
  expect(metrics.underruns).toBe(1);
  expect(metrics.underrunTotalMs).toBeGreaterThan(270);
  expect(metrics.underrunTotalMs).toBeLessThan(320);
  expect(metrics.underrunMaxMs).toBe(metrics.underrunTotalMs);
  expect(metrics.playbackMs).toBeCloseTo(700 + metrics.underrunTotalMs, 3);
});

test("what comes while the device has run dry is sent as it is: nothing is lost and nothing repeated", () => {
  const device = rig.attachDevice();
  const audio = noise(SECOND);
  rig.begin(1);
  rig.ring.write(audio, 0, 0.2 * SECOND, 1);
  rig.loop.release(1);
  // The device renders this, and notices that it has run dry, when it is given the next piece.
  rig.nowMs += 300;
  rig.ring.write(audio, 0.2 * SECOND, 0.8 * SECOND, 1);
  rig.loop.end(1, SECOND);
  rig.pass(1_200, device);
  void device.close();
  expect(rig.finished()).toMatchObject({ flushed: false, positionSamples: SECOND, metrics: { underruns: 1 } });
  const resumed = audio.subarray(0.2 * SECOND + FADE_SAMPLES);
  const end = rig.output.findLastIndex((sample) => sample !== 0) + 1 - FADE_SAMPLES;
  expect(rig.output.slice(end - resumed.length, end)).toEqual([...resumed]);
});

test("sends no more ahead than the device may hold, and all of a long reply in the end", () => {
  const device = rig.attachDevice();
  let sent = 0;
  const pcm = device.pcm.bind(device);
  device.pcm = (generation, samples) => {
    sent += samples.length;
    pcm(generation, samples);
  };
  rig.begin(1);
  rig.write(12 * SECOND);
  rig.loop.release(1);
  rig.loop.end(1, 12 * SECOND);
  expect(sent).toBe(4 * SECOND);
  rig.pass(12_500, device);
  void device.close();
  expect(rig.finished()).toMatchObject({ flushed: false, positionSamples: 12 * SECOND, metrics: { underruns: 0 } });
});

test("a reply that is there at once starts with its first piece, and what was sent before its release need not be sent again", () => {
  const sent: string[] = [];
  const command = ({ kind }: { readonly kind: string }): void => void sent.push(kind);
  rig.loop.attach({ name: "port", command, pcm: () => void sent.push("pcm"), close: async () => {} });
  const sendReply = (generation: number): void => {
    rig.begin(generation);
    rig.write(2 * SECOND, generation);
    rig.loop.end(generation, 2 * SECOND);
    sent.length = 0;
  };
  rig.begin(1);
  rig.loop.release(1);
  rig.write(2 * SECOND);
  sent.length = 0;
  rig.loop.pump();
  expect(sent.slice(0, 4)).toEqual(["begin", "pcm", "start", "pcm"]);
  expect(sent.filter((kind) => kind === "pcm")).toHaveLength(20);
  sendReply(2);
  rig.loop.release(2);
  expect(sent).toEqual(["start"]);
});

test("a flush ends the reply where it was", () => {
  const device = rig.attachDevice();
  rig.begin(1);
  rig.write(2 * SECOND);
  rig.loop.release(1);
  rig.pass(500, device);
  rig.ring.setGeneration(0);
  rig.loop.flush();
  rig.pass(100, device);
  void device.close();
  expect(rig.finished().flushed).toBe(true);
  expect(rig.finished().positionSamples / SECOND).toBeCloseTo(0.5, 1);
  expect(rig.output.slice(-0.08 * SECOND).every((sample) => sample === 0)).toBe(true);
});

test("silence at the beginning beyond 60 ms is not played, and is reported", () => {
  const device = rig.attachDevice();
  rig.begin(1);
  rig.ring.write(new Float32Array(0.5 * SECOND), 0, 0.5 * SECOND, 1);
  rig.loop.release(1);
  rig.pass(100, device);
  rig.write(SECOND);
  rig.loop.end(1, 1.5 * SECOND);
  rig.pass(1_200, device);
  void device.close();
  const { metrics, positionSamples } = rig.finished();
  expect(metrics).toMatchObject({ leadingSilenceMs: 500, audioMs: 1500, samplesPlayed: 1.02 * SECOND });
  expect(positionSamples).toBe(1.5 * SECOND);
  expect(metrics.ttfaMs).toBeLessThan(150);
});

test("pauses and goes on without losing a sample or counting a gap", () => {
  const device = rig.attachDevice();
  rig.beginWhole(SECOND);
  rig.pass(300, device);
  rig.loop.setPaused(1, true);
  rig.pass(500, device);
  rig.loop.setPaused(1, false);
  rig.pass(900, device);
  void device.close();
  const { metrics } = rig.finished();
  expect(metrics).toMatchObject({ underruns: 0, samplesPlayed: SECOND });
  expect(metrics.playbackMs).toBeCloseTo(1_500, -2);
});

test.each([
  [true, 450],
  [false, 1_050],
])("a backlog after a stall (live: %s) is down to %i ms after 8 s", (isLive, mostMs) => {
  const device = rig.attachDevice();
  rig.startPolicy = (requestedAtMs) => new AdaptiveStart(requestedAtMs);
  rig.begin(1, { isLive });
  rig.loop.release(1);
  rig.writePieces(50, device);
  rig.write(0.8 * SECOND);
  rig.writePieces(400, device);
  const bufferedMs = ((rig.lastLevel()?.bufferedSamples ?? 0) * 1000) / SECOND;
  expect(bufferedMs).toBeLessThan(mostMs);
  expect(bufferedMs).toBeGreaterThan(mostMs - 300);
  expect(rig.lastLevel()?.underruns).toBe(0);
});

test("a live source that begins with a backlog is caught up with from the start", () => {
  const device = rig.attachDevice();
  rig.begin(1, { isLive: true });
  rig.write(2 * SECOND);
  rig.loop.release(1);
  rig.writePieces(500, device);
  expect(((rig.lastLevel()?.bufferedSamples ?? 0) * 1000) / SECOND).toBeLessThan(1_400);
  expect(rig.lastLevel()?.underruns).toBe(0);
});

test("pieces that come after the end are counted and not played", () => {
  const device = rig.attachDevice();
  rig.begin(1);
  rig.write(0.5 * SECOND);
  rig.loop.release(1);
  rig.loop.end(1, 0.5 * SECOND);
  rig.write(0.1 * SECOND);
  rig.write(0.1 * SECOND);
  rig.pass(800, device);
  expect(rig.finished()).toMatchObject({ flushed: false, metrics: { samplesPlayed: 0.5 * SECOND, chunksAfterEnd: 2 } });
});

test("a newer reply ends the one before", () => {
  const device = rig.attachDevice();
  rig.begin(1);
  rig.write(SECOND);
  rig.loop.release(1);
  rig.pass(100, device);
  rig.begin(2);
  rig.write(0.1 * SECOND, 2);
  rig.loop.end(2, 0.1 * SECOND);
  rig.loop.release(2);
  rig.pass(300, device);
  void device.close();
  expect(rig.events.filter((event) => event.kind === "finished")).toMatchObject([
    { generation: 1, flushed: true },
    { generation: 2, flushed: false, positionSamples: 0.1 * SECOND },
  ]);
});

import { beforeEach, expect, test } from "vitest";
import { PlayerRig, SECOND } from "./player-rig.ts";

let rig: PlayerRig;

beforeEach(() => {
  rig = new PlayerRig();
});

test("an output that comes soon plays the reply that waited for it", () => {
  rig.beginWhole(SECOND);
  rig.pass(1000);
  const device = rig.attachDevice();
  rig.pass(1200, device);
  expect(rig.finished()).toMatchObject({ flushed: false, positionSamples: SECOND });
});

test("without an output the reply ends unheard and says why", () => {
  rig.beginWhole(SECOND);
  rig.pass(3100);
  expect(rig.events).toMatchObject([
    { kind: "output-failed", failure: { code: "output-missing" } },
    { kind: "finished", flushed: true, positionSamples: 0, metrics: { audioPath: "none" } },
  ]);
});

test("an output that goes away loses nothing: the next one goes on from the same sample", () => {
  const device = rig.attachDevice();
  rig.begin(1);
  const ramp = Float32Array.from({ length: 2 * SECOND }, (_, index) => 0.1 + (index / SECOND) * 0.2);
  rig.ring.write(ramp, 0, ramp.length, 1);
  rig.loop.end(1, ramp.length);
  rig.loop.release(1);
  rig.pass(600, device);
  rig.loop.attach(undefined);
  expect(rig.events.at(-1)).toMatchObject({ kind: "output-failed", failure: { code: "output-lost", retryable: true } });
  const heardBefore = rig.output.length;
  rig.pass(2_000);
  const next = rig.attachDevice();
  rig.pass(1_700, next);
  void next.close();
  expect(rig.finished()).toMatchObject({ flushed: false, positionSamples: 2 * SECOND });
  expect(rig.finished().metrics).toMatchObject({ samplesPlayed: 2 * SECOND, underruns: 0, audioPath: "file, file" });
  const faded = 120;
  const beganAt = rig.output.findIndex((sample) => sample !== 0);
  const position = heardBefore - beganAt;
  expect(rig.output[heardBefore - 1]).toBeCloseTo(ramp[position - 1] as number, 5);
  const resumed = rig.output.slice(heardBefore).findIndex((sample) => sample !== 0);
  expect(rig.output[heardBefore + resumed + faded]).toBeCloseTo(ramp[position + faded] as number, 4);
});

test("an output that does not come back ends the reply with what was heard", () => {
  const device = rig.attachDevice();
  rig.begin(1);
  rig.write(2 * SECOND);
  rig.loop.release(1);
  rig.pass(600, device);
  rig.loop.attach(undefined);
  rig.pass(31_000);
  expect(rig.finished().flushed).toBe(true);
  expect(rig.finished().positionSamples / SECOND).toBeCloseTo(0.6, 1);
});

test("a reply that was released long ago and has not sounded yet waits for the next output", () => {
  const device = rig.attachDevice();
  rig.begin(1);
  rig.loop.release(1);
  rig.pass(5_000, device);
  rig.loop.attach(undefined);
  rig.pass(2_900);
  const next = rig.attachDevice();
  rig.write(SECOND);
  rig.loop.end(1, SECOND);
  rig.pass(1_200, next);
  expect(rig.finished()).toMatchObject({ flushed: false, positionSamples: SECOND });
});

test("a flush that went away with its output is carried out", () => {
  rig.loop.attach({ name: "port", command: () => undefined, pcm: () => undefined, close: async () => undefined });
  rig.beginWhole(SECOND);
  rig.ring.setGeneration(0);
  rig.loop.flush();
  rig.loop.attach(undefined);
  expect(rig.events).toMatchObject([{ kind: "started" }, { kind: "finished", flushed: true }]);
  expect(rig.loop.isIdle).toBe(true);
});

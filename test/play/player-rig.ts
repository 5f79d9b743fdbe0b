import { expect } from "vitest";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { ClockedDevice } from "../../src-main/play/clocked-device.ts";
import { PlayerLoop, type ReplyOptions } from "../../src-main/play/player-loop.ts";
import { FixedStart, type StartPolicyMaker } from "../../src-main/play/start-policy.ts";
import type { PlaybackLevel, PlayerEvent } from "../../src-main/turn/ports.ts";

/** Samples of a second. */
export const SECOND = PLAYBACK_RATE_HZ;

/** A player loop on a clock of its own, with whoever writes its replies. */
export class PlayerRig {
  nowMs = 50_000;
  startPolicy: StartPolicyMaker = () => new FixedStart(40);
  readonly ring = new PcmRing(PcmRing.allocate(40 * SECOND), () => this.nowMs);
  readonly events: PlayerEvent[] = [];
  /** Everything that its devices rendered. */
  readonly output: number[] = [];
  readonly loop = new PlayerLoop(this.ring, {
    nowMs: () => this.nowMs,
    emit: (event) => this.events.push(structuredClone(event)),
  });

  attachDevice(): ClockedDevice {
    const device = new ClockedDevice({
      name: "file",
      originAtMs: this.nowMs,
      nowMs: () => this.nowMs,
      write: (block) => this.output.push(...block),
      onReport: (report) => this.loop.take(report),
    });
    this.loop.attach(device);
    return device;
  }

  begin(generation: number, options?: ReplyOptions): void {
    this.ring.setGeneration(generation);
    this.ring.beginWriting(generation);
    this.loop.begin(generation, this.nowMs, this.startPolicy, options);
  }

  write(samples: number, generation = 1): void {
    const pcm = new Float32Array(samples).fill(0.5);
    expect(this.ring.write(pcm, 0, samples, generation)).toBe(samples);
  }

  /** A reply that is there as a whole when it is released. */
  beginWhole(samples: number): void {
    this.begin(1);
    this.write(samples);
    this.loop.end(1, samples);
    this.loop.release(1);
  }

  /** Lets `ms` pass in steps of the player's own pump interval. The device renders when it is given any command. */
  pass(ms: number, device?: ClockedDevice): void {
    for (let passed = 0; passed < ms; passed += 4) {
      this.nowMs += 4;
      device?.command({ kind: "gain", ratio: 1, rampMs: 0 });
      this.loop.pump();
    }
  }

  /** Pieces of 20 ms, each of which comes when the one before has been played. */
  writePieces(count: number, device: ClockedDevice): void {
    for (let piece = 0; piece < count; piece++) {
      this.write(0.02 * SECOND);
      this.pass(20, device);
    }
  }

  lastLevel(): PlaybackLevel | undefined {
    return this.events.findLast((event) => event.kind === "progress")?.level;
  }

  finished(): Extract<PlayerEvent, { kind: "finished" }> {
    return this.events.find((event) => event.kind === "finished") as Extract<PlayerEvent, { kind: "finished" }>;
  }
}

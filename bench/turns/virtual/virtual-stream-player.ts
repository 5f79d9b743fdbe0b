import { PLAYBACK_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import { PcmRing } from "../../../src-shared/pcm-ring.ts";
import type { PlayerEvent, StreamPlayer } from "../../../src-main/turn/ports.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** From samples that may be heard to the first of them being audible. */
const START_MS = 15;
const PROGRESS_MS = 100;

interface VirtualReply {
  readonly generation: number;
  released: boolean;
  paused: boolean;
  hasArrived: boolean;
  totalSamples: number | undefined;
  /** When the first sample was heard, moved on by every pause. */
  startedAtMs: number | undefined;
  /** Where it is held. */
  heldSamples: number;
}

/** A player without sound that plays at the rate of a virtual clock, and gets its samples always in time. */
export class VirtualStreamPlayer implements StreamPlayer {
  readonly ring = PcmRing.allocate(1);
  readonly #clock: VirtualClock;
  #listener: (event: PlayerEvent) => void = () => undefined;
  #reply: VirtualReply | undefined;
  #generation = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  begin(): number {
    this.flush();
    const generation = ++this.#generation;
    this.#reply = {
      generation,
      released: false,
      paused: false,
      hasArrived: false,
      totalSamples: undefined,
      startedAtMs: undefined,
      heldSamples: 0,
    };
    return generation;
  }

  /** The first samples of a reply are there. */
  arrived(generation: number): void {
    this.#change(generation, (reply) => (reply.hasArrived = true));
  }

  release(generation: number): void {
    this.#change(generation, (reply) => (reply.released = true));
  }

  end(generation: number, totalSamples: number): void {
    this.#change(generation, (reply) => (reply.totalSamples = totalSamples));
  }

  pause(generation: number): void {
    this.#change(generation, (reply) => {
      reply.heldSamples = this.#position(reply);
      reply.startedAtMs = undefined;
      reply.paused = true;
    });
  }

  resume(generation: number): void {
    this.#change(generation, (reply) => (reply.paused = false));
  }

  flush(): void {
    if (this.#reply) this.#finish(this.#reply, true);
  }

  setGain(): void {}

  onEvent(listener: (event: PlayerEvent) => void): void {
    this.#listener = listener;
  }

  async close(): Promise<void> {}

  #change(generation: number, change: (reply: VirtualReply) => void): void {
    const reply = this.#reply;
    if (reply?.generation !== generation) return;
    change(reply);
    if (!reply.released || !reply.hasArrived || reply.paused || reply.startedAtMs !== undefined) return;
    const startedAtMs = this.#clock.nowMs() + START_MS;
    reply.startedAtMs = startedAtMs - samplesToMs(reply.heldSamples, PLAYBACK_RATE_HZ);
    const isFirst = reply.heldSamples === 0;
    this.#clock.schedule(startedAtMs, () => {
      if (isFirst && this.#reply === reply) this.#listener({ kind: "audible", generation, atMs: startedAtMs });
      this.#progress(reply);
    });
  }

  #progress(reply: VirtualReply): void {
    if (reply !== this.#reply || reply.startedAtMs === undefined) return;
    const positionSamples = this.#position(reply);
    if (positionSamples === reply.totalSamples) return this.#finish(reply, false);
    const level = {
      receivedSamples: reply.totalSamples ?? positionSamples,
      bufferedSamples: 0,
      underruns: 0,
      stretchedSamples: 0,
      slowBelowSamples: 0,
    };
    this.#listener({ kind: "progress", generation: reply.generation, positionSamples, level });
    this.#clock.schedule(this.#clock.nowMs() + PROGRESS_MS, () => this.#progress(reply));
  }

  #position({ startedAtMs, heldSamples, totalSamples = Number.POSITIVE_INFINITY }: VirtualReply): number {
    if (startedAtMs === undefined) return heldSamples;
    const samples = Math.floor(((this.#clock.nowMs() - startedAtMs) * PLAYBACK_RATE_HZ) / 1000);
    return Math.min(totalSamples, Math.max(0, samples));
  }

  #finish(reply: VirtualReply, flushed: boolean): void {
    const positionSamples = this.#position(reply);
    const atMs = this.#clock.nowMs();
    this.#reply = undefined;
    const metrics = {
      audioMs: samplesToMs(positionSamples, PLAYBACK_RATE_HZ),
      underruns: 0,
      underrunTotalMs: 0,
      underrunMaxMs: 0,
      stretchedMs: 0,
      chunksReceived: 1,
      bytesReceived: 0,
      decodeErrors: 0,
      chunksAfterEnd: 0,
      samplesPlayed: positionSamples,
      audioPath: "virtual",
    };
    // The real player tells from its own thread.
    this.#clock.schedule(atMs, () =>
      this.#listener({ kind: "finished", generation: reply.generation, flushed, positionSamples, atMs, metrics }),
    );
  }
}

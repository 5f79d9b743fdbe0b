import { PLAYBACK_RATE_HZ, msToSamples } from "../../src-shared/audio-format.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { PlayerLoop } from "../../src-main/play/player-loop.ts";
import type { StartPolicyMaker } from "../../src-main/play/start-policy.ts";
import type { PlayerEvent } from "../../src-main/turn/ports.ts";
import { BLOCK_MS, VirtualDevice } from "./virtual-device.ts";

const RING_MS = 10_000;
/** Two blocks with the player worker's pump every 4 ms, as offsets in ms. */
const PUMPS_BEFORE_FIRST_BLOCK_MS = [4, 8];
const PUMPS_BEFORE_SECOND_BLOCK_MS = [12, 16, 20];
const PERIOD_MS = 2 * BLOCK_MS;
/** Whole ms: reading a fraction costs memory, and the clock's garbage would hide the player's. */
const STARTS_AT_MS = 1_000;

/** The whole path from the ring to a null sink in one thread on a virtual clock, playing one reply as fast as the machine can. */
export class VirtualPlayer {
  readonly generation = 1;
  readonly ring: PcmRing;
  readonly #loop: PlayerLoop;
  readonly #device: VirtualDevice;
  #nowMs = STARTS_AT_MS;
  #isOver = false;
  #positionSamples = 0;
  #underruns = 0;

  constructor(startPolicy: StartPolicyMaker) {
    const nowMs = (): number => this.#nowMs;
    this.ring = new PcmRing(PcmRing.allocate(msToSamples(RING_MS, PLAYBACK_RATE_HZ)), nowMs);
    this.#loop = new PlayerLoop(this.ring, { nowMs, emit: (event) => this.#take(event) });
    this.#device = new VirtualDevice(nowMs, (report) => this.#loop.take(report));
    this.#loop.attach(this.#device);
    this.ring.setGeneration(this.generation);
    this.ring.beginWriting(this.generation);
    this.#loop.begin(this.generation, this.#nowMs, startPolicy);
    this.#loop.release(this.generation);
  }

  /** Whether the reply was heard to its end. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The sample behind the last one that was heard, once the reply is over. Silence cut off its beginning counts as heard. */
  get positionSamples(): number {
    return this.#positionSamples;
  }

  get underruns(): number {
    return this.#underruns;
  }

  /** Writes samples to the ring, and lets time pass while it is full. */
  write(pcm: Float32Array): void {
    for (let offset = 0; offset < pcm.length;) {
      offset += this.ring.write(pcm, offset, pcm.length - offset, this.generation);
      if (offset < pcm.length) this.pass();
    }
  }

  /** Says that there will be no more, and plays to the end. */
  finish(totalSamples: number): void {
    this.#loop.end(this.generation, totalSamples);
    while (!this.#isOver) this.pass();
  }

  /** Lets 20 ms pass: two device blocks and five pumps. */
  pass(): void {
    const startsAtMs = this.#nowMs;
    for (const ms of PUMPS_BEFORE_FIRST_BLOCK_MS) this.#pumpAt(startsAtMs + ms);
    this.#nowMs = startsAtMs + BLOCK_MS;
    this.#device.render();
    for (const ms of PUMPS_BEFORE_SECOND_BLOCK_MS) this.#pumpAt(startsAtMs + ms);
    this.#nowMs = startsAtMs + PERIOD_MS;
    this.#device.render();
  }

  #pumpAt(ms: number): void {
    this.#nowMs = ms;
    this.#loop.pump();
  }

  #take(event: PlayerEvent): void {
    if (event.kind !== "finished") return;
    this.#isOver = true;
    this.#positionSamples = event.positionSamples;
    this.#underruns = event.metrics.underruns;
  }
}

import { msToSamples, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { PlaybackProcess } from "../../src-shared/playback-process.ts";
import type { SpeakerCommand } from "../../src-shared/speaker-protocol.ts";
import type { PlayerEvent, StreamPlayer } from "../turn/ports.ts";
import { PlayerLoop } from "./player-loop.ts";
import { DEVICE_AHEAD_MS, type SpeakerDevice } from "./speaker-device.ts";
import { FixedStart } from "./start-policy.ts";

const RING_SECONDS = 40;
/** No generation: nothing may be written or read. */
const VOID_GENERATION = 0;
const BLOCK_MS = 10;
const BLOCK_SAMPLES = msToSamples(BLOCK_MS, PLAYBACK_RATE_HZ);
/** What must be there before a reply starts, and before it goes on after a gap. */
const PRE_ROLL_MS = 80;
const GAIN_RAMP_MS = 20;

/**
 * A stream player without a thread and without a device: whoever needs the next samples takes them. Time is the taker's, and stands still
 * between two calls of {@link render}. Events are told at the end of `render`, whatever caused them.
 */
export class PulledPlayer implements StreamPlayer {
  readonly ring = PcmRing.allocate(RING_SECONDS * PLAYBACK_RATE_HZ);
  readonly #control = new PcmRing(this.ring);
  readonly #loop: PlayerLoop;
  readonly #nowMs: () => number;
  readonly #process = new PlaybackProcess({
    sampleRateHz: PLAYBACK_RATE_HZ,
    capacitySamples: msToSamples(DEVICE_AHEAD_MS + 1_000, PLAYBACK_RATE_HZ),
  });
  readonly #listeners = new Set<(event: PlayerEvent) => void>();
  readonly #events: PlayerEvent[] = [];
  #generation = VOID_GENERATION;

  /** `nowMs`: the taker's clock, in ms. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#loop = new PlayerLoop(new PcmRing(this.ring), { nowMs, emit: (event) => this.#note(event) });
    this.#loop.attach(this.#device());
  }

  /** Fills a block with what is to be heard from `startsAtMs` on, silence included. Its length is a multiple of 10 ms. */
  render(out: Float32Array, startsAtMs: number): void {
    for (let from = 0; from < out.length; from += BLOCK_SAMPLES) {
      this.#loop.pump();
      this.#process.process(out.subarray(from, from + BLOCK_SAMPLES), startsAtMs + (from / BLOCK_SAMPLES) * BLOCK_MS);
      this.#report();
    }
    for (let event = this.#events.shift(); event; event = this.#events.shift())
      for (const listener of this.#listeners) listener(event);
  }

  onEvent(listener: (event: PlayerEvent) => void): void {
    this.#listeners.add(listener);
  }

  begin(): number {
    const generation = ++this.#generation;
    this.#control.setGeneration(generation);
    this.#loop.begin(generation, this.#nowMs(), () => new FixedStart(PRE_ROLL_MS));
    return generation;
  }

  release(generation: number): void {
    this.#loop.release(generation);
  }

  end(generation: number, totalSamples: number): void {
    this.#loop.end(generation, totalSamples);
  }

  flush(): void {
    this.#control.setGeneration(VOID_GENERATION);
    this.#loop.flush();
  }

  pause(generation: number): void {
    this.#loop.setPaused(generation, true);
  }

  resume(generation: number): void {
    this.#loop.setPaused(generation, false);
  }

  setGain(ratio: number): void {
    this.#loop.setGain(ratio, GAIN_RAMP_MS);
  }

  async close(): Promise<void> {
    this.#control.setGeneration(VOID_GENERATION);
    await this.#loop.close();
  }

  #device(): SpeakerDevice {
    return {
      name: "pulled",
      command: (message: SpeakerCommand) => {
        this.#process.command(message, this.#nowMs());
        this.#report();
      },
      pcm: (generation, samples) => this.#process.append(generation, samples),
      close: async () => undefined,
    };
  }

  #report(): void {
    for (let report = this.#process.takeReport(); report; report = this.#process.takeReport()) this.#loop.take(report);
  }

  /** The loop uses the object of a progress event again. */
  #note(event: PlayerEvent): void {
    this.#events.push(event.kind === "progress" ? { ...event, level: { ...event.level } } : event);
  }
}

import { msToSamples, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { PlaybackProcess } from "../../src-shared/playback-process.ts";
import type { SpeakerCommand } from "../../src-shared/speaker-protocol.ts";
import { DEVICE_AHEAD_MS, type ReportListener, type SpeakerDevice } from "./speaker-device.ts";

const BLOCK_MS = 10;
/** Holds the fade behind a last sample. */
const FADE_BLOCKS = 1;
const BLOCK_SAMPLES = msToSamples(BLOCK_MS, PLAYBACK_RATE_HZ);

/** Takes the blocks that a clocked device renders: one after the other, silence included. The array is reused after the call. */
export type BlockWriter = (block: Float32Array) => void;

/** Shape of a {@link ClockedDevice}. */
export interface ClockedDeviceOptions {
  readonly name: string;
  /** Session time of the first sample. */
  readonly originAtMs: number;
  readonly nowMs: () => number;
  readonly write: BlockWriter;
  readonly onReport: ReportListener;
}

/**
 * A device without hardware: renders on a sample clock, one block for every 10 ms of session time since its origin. Every block that had
 * begun before a command arrived is rendered before the command takes effect, so no sound is earlier than what caused it.
 */
export class ClockedDevice implements SpeakerDevice {
  readonly name: string;
  readonly #options: ClockedDeviceOptions;
  readonly #block = new Float32Array(BLOCK_SAMPLES);
  readonly #process = new PlaybackProcess({
    sampleRateHz: PLAYBACK_RATE_HZ,
    capacitySamples: msToSamples(DEVICE_AHEAD_MS + 1_000, PLAYBACK_RATE_HZ),
  });
  readonly #timer: NodeJS.Timeout;
  #renderedBlocks = 0;

  constructor(options: ClockedDeviceOptions) {
    this.name = options.name;
    this.#options = options;
    this.#timer = setInterval(() => this.#render(), BLOCK_MS);
  }

  command(message: SpeakerCommand): void {
    this.#render();
    this.#process.command(message, this.#options.nowMs());
    this.#report();
  }

  pcm(generation: number, samples: Float32Array): void {
    this.#render();
    this.#process.append(generation, samples);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#render(FADE_BLOCKS);
    this.#process.tellPosition();
    this.#report();
  }

  /** Renders the blocks that have begun by now, and as many more as asked for. */
  #render(moreBlocks = 0): void {
    const { originAtMs, nowMs, write } = this.#options;
    const dueBlocks = Math.floor((nowMs() - originAtMs) / BLOCK_MS) + 1 + moreBlocks;
    while (this.#renderedBlocks < dueBlocks) {
      this.#process.process(this.#block, originAtMs + this.#renderedBlocks * BLOCK_MS);
      write(this.#block);
      this.#renderedBlocks++;
      this.#report();
    }
  }

  #report(): void {
    for (let report = this.#process.takeReport(); report; report = this.#process.takeReport()) {
      this.#options.onReport(report);
    }
  }
}

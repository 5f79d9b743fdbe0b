import { msToSamples, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { PlaybackProcess } from "../../src-shared/playback-process.ts";
import type { SpeakerCommand } from "../../src-shared/speaker-protocol.ts";
import { DEVICE_AHEAD_MS, type ReportListener, type SpeakerDevice } from "../../src-main/play/speaker-device.ts";

/** What the device renders at a time. */
export const BLOCK_MS = 10;

/** A device without a clock: renders a block when it is told to, and throws it away. */
export class VirtualDevice implements SpeakerDevice {
  readonly name = "virtual";
  readonly #process = new PlaybackProcess({
    sampleRateHz: PLAYBACK_RATE_HZ,
    capacitySamples: msToSamples(DEVICE_AHEAD_MS + 1_000, PLAYBACK_RATE_HZ),
  });
  readonly #block = new Float32Array(msToSamples(BLOCK_MS, PLAYBACK_RATE_HZ));
  readonly #nowMs: () => number;
  readonly #onReport: ReportListener;

  constructor(nowMs: () => number, onReport: ReportListener) {
    this.#nowMs = nowMs;
    this.#onReport = onReport;
  }

  command(message: SpeakerCommand): void {
    this.#process.command(message, this.#nowMs());
    this.#report();
  }

  pcm(generation: number, samples: Float32Array): void {
    this.#process.append(generation, samples);
  }

  /** Renders the next block, on the clock that it was made with. */
  render(): void {
    this.#process.process(this.#block, this.#nowMs());
    this.#report();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #report(): void {
    for (let report = this.#process.takeReport(); report; report = this.#process.takeReport()) this.#onReport(report);
  }
}

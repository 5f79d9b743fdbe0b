import { PlaybackProcess } from "../../src-shared/playback-process.ts";
import type { SpeakerCommand } from "../../src-shared/speaker-protocol.ts";

/** More than the player ever sends ahead of what was played. */
const CAPACITY_MS = 6_000;

/** The way to the player: a message port, or anything like it. */
export type SpeakerPort = Pick<MessagePort, "onmessage" | "postMessage" | "close">;

/**
 * Plays what the assistant sends through a port and reports back through it. A new port is a new assistant or a new connection to it: its
 * generations begin anew, and nothing of the old one goes on sounding. Audio thread; `process` allocates only when there is news.
 */
export class PlaybackSession {
  readonly #sampleRateHz: number;
  /** Epoch ms at which the first sample of the next block leaves the speaker, and how long after it was rendered that is. */
  readonly #nowMs: () => number;
  readonly #outputLatencyMs: () => number;
  #playback: PlaybackProcess;
  #port: SpeakerPort | undefined;

  constructor(sampleRateHz: number, nowMs: () => number, outputLatencyMs: () => number) {
    this.#sampleRateHz = sampleRateHz;
    this.#nowMs = nowMs;
    this.#outputLatencyMs = outputLatencyMs;
    this.#playback = this.#create();
  }

  connect(port: SpeakerPort): void {
    this.#port?.close();
    this.#port = port;
    this.#playback = this.#create();
    port.onmessage = ({ data }: MessageEvent<SpeakerCommand>) => {
      this.#playback.command(data, this.#nowMs());
      this.#report();
    };
  }

  /** Fills one output block. Returns the volume at its end, 0 to 1. */
  process(out: Float32Array): number {
    this.#playback.process(out, this.#nowMs(), this.#outputLatencyMs());
    this.#report();
    return this.#playback.gainRatio;
  }

  /** The output itself fell silent, which only the browser can tell. */
  missed(durationMs: number): void {
    this.#playback.missed(durationMs);
  }

  #report(): void {
    for (let report = this.#playback.takeReport(); report; report = this.#playback.takeReport()) {
      this.#port?.postMessage(report);
    }
  }

  #create(): PlaybackProcess {
    const capacitySamples = (CAPACITY_MS * this.#sampleRateHz) / 1000;
    return new PlaybackProcess({ sampleRateHz: this.#sampleRateHz, capacitySamples });
  }
}

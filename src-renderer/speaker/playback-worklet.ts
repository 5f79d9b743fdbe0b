import { PlaybackProcess } from "../../src-shared/playback-process.ts";
import type { SpeakerCommand } from "../../src-shared/speaker-protocol.ts";
import type { WorkletMessage } from "../audio/worklet-clock.ts";

/** The most that the assistant sends ahead, with room to spare. */
const CAPACITY_MS = 6_000;
const REARM_MS = 80;

class PlaybackWorklet extends AudioWorkletProcessor {
  #playback = createPlayback();
  #assistant: MessagePort | undefined;
  #originMs = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data, ports }: MessageEvent<WorkletMessage>) => {
      if (data.kind === "clock") this.#originMs = data.audibleOriginMs;
      else if (ports[0]) this.#connect(ports[0]);
    };
  }

  process(_inputs: Float32Array[][], [output]: Float32Array[][]): boolean {
    if (output?.[0]) this.#playback.process(output[0], this.#nowMs());
    this.#report();
    return true;
  }

  /** A new port is a new session: its generations begin anew, and nothing of the old one goes on sounding. */
  #connect(port: MessagePort): void {
    this.#assistant?.close();
    this.#assistant = port;
    this.#playback = createPlayback();
    port.onmessage = ({ data }: MessageEvent<SpeakerCommand>) => {
      this.#playback.command(data, this.#nowMs());
      this.#report();
    };
  }

  #report(): void {
    for (let report = this.#playback.takeReport(); report; report = this.#playback.takeReport()) {
      this.#assistant?.postMessage(report);
    }
  }

  #nowMs(): number {
    return this.#originMs + (currentFrame * 1000) / sampleRate;
  }
}

function createPlayback(): PlaybackProcess {
  return new PlaybackProcess({
    sampleRateHz: sampleRate,
    capacitySamples: (CAPACITY_MS * sampleRate) / 1000,
    rearmMs: REARM_MS,
  });
}

registerProcessor("playback", PlaybackWorklet);

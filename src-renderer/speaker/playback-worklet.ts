import { PlaybackProcess } from "../../src-shared/playback-process.ts";
import type { SpeakerCommand } from "../../src-shared/speaker-protocol.ts";
import type { WorkletMessage } from "../audio/worklet-clock.ts";

class PlaybackWorklet extends AudioWorkletProcessor {
  readonly #playback = new PlaybackProcess({ sampleRateHz: sampleRate, capacitySamples: 6 * sampleRate, rearmMs: 80 });
  #assistant: MessagePort | undefined;
  #originMs = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data, ports }: MessageEvent<WorkletMessage>) => {
      if (data.kind === "clock") this.#originMs = data.audibleOriginMs;
      else this.#connect(ports[0] as MessagePort);
    };
  }

  process(_inputs: Float32Array[][], [output]: Float32Array[][]): boolean {
    if (output?.[0]) this.#playback.process(output[0], this.#nowMs());
    this.#report();
    return true;
  }

  #connect(port: MessagePort): void {
    this.#assistant = port;
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

registerProcessor("playback", PlaybackWorklet);

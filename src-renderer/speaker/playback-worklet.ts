import type { WorkletMessage } from "../audio/worklet-clock.ts";
import { PlaybackSession } from "./playback-session.ts";

class PlaybackWorklet extends AudioWorkletProcessor {
  #originMs = 0;
  readonly #session = new PlaybackSession(sampleRate, () => this.#originMs + (currentFrame * 1000) / sampleRate);

  constructor() {
    super();
    this.port.onmessage = ({ data, ports }: MessageEvent<WorkletMessage>) => {
      if (data.kind === "clock") this.#originMs = data.audibleOriginMs;
      else if (ports[0]) this.#session.connect(ports[0]);
    };
  }

  process(_inputs: Float32Array[][], [output]: Float32Array[][]): boolean {
    if (output?.[0]) this.#session.process(output[0]);
    return true;
  }
}

registerProcessor("playback", PlaybackWorklet);

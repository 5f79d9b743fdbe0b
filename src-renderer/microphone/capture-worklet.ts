import type { WorkletMessage } from "../audio/worklet-clock.ts";
import { CaptureProcess } from "./capture-process.ts";

class CaptureWorklet extends AudioWorkletProcessor {
  readonly #capture = new CaptureProcess();
  readonly #frame = { pcm: this.#capture.frame, endedAtMs: 0 };
  #assistant: MessagePort | undefined;
  #originMs = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data, ports }: MessageEvent<WorkletMessage>) => {
      if (data.kind === "clock") this.#originMs = data.renderOriginMs;
      else this.#assistant = ports[0];
    };
  }

  process([input]: Float32Array[][]): boolean {
    const quantum = input?.[0];
    if (!quantum || this.#capture.push(quantum) < 0) return true;
    this.#frame.endedAtMs = this.#originMs + ((currentFrame + quantum.length) * 1000) / sampleRate;
    this.#assistant?.postMessage(this.#frame);
    this.port.postMessage(this.#capture.levelRatio);
    return true;
  }
}

registerProcessor("capture", CaptureWorklet);

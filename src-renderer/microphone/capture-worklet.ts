import type { MicrophoneFrame } from "../../src-shared/assistant-contract.ts";
import type { WorkletMessage } from "../audio/worklet-clock.ts";
import { CaptureProcess } from "./capture-process.ts";

class CaptureWorklet extends AudioWorkletProcessor {
  #assistant: MessagePort | undefined;
  #originMs = 0;
  readonly #capture = new CaptureProcess({
    onFrame: (pcm, end) =>
      this.#assistant?.postMessage({
        pcm,
        endedAtMs: this.#originMs + (end * 1000) / sampleRate,
      } satisfies MicrophoneFrame),
    onLevel: (levelRatio) => this.port.postMessage(levelRatio),
  });

  constructor() {
    super();
    this.port.onmessage = ({ data, ports }: MessageEvent<WorkletMessage>) => {
      if (data.kind === "clock") this.#originMs = data.renderOriginMs;
      else this.#assistant = ports[0];
    };
  }

  process([input]: Float32Array[][]): boolean {
    if (input?.[0]) this.#capture.push(input[0], currentFrame);
    return true;
  }
}

registerProcessor("capture", CaptureWorklet);

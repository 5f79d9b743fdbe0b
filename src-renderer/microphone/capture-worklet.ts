import { playedSound, quickDuck } from "../audio/audio-link.ts";
import type { TappedFrame, WorkletMessage } from "../audio/worklet-clock.ts";
import { CaptureProcess } from "./capture-process.ts";
import { NearSound } from "./near-sound.ts";

class CaptureWorklet extends AudioWorkletProcessor {
  #assistant: MessagePort | undefined;
  #tap: MessagePort | undefined;
  #originMs = 0;
  readonly #message: { pcm: Float32Array; endedAtMs: number } = { pcm: new Float32Array(), endedAtMs: 0 };
  readonly #capture = new CaptureProcess({
    onFrame: (pcm, endSample) => {
      this.#message.pcm = pcm;
      this.#message.endedAtMs = this.#originMs + (endSample * 1000) / sampleRate;
      this.#assistant?.postMessage(this.#message);
      this.#tap?.postMessage({ pcm, endSample } satisfies TappedFrame);
    },
    onLevel: (levelRatio) => this.port.postMessage(levelRatio),
  });
  readonly #nearSound = new NearSound(playedSound, sampleRate, {
    onBlock: (block, startSample) => this.#capture.push(block, startSample),
    onSpeechOverEcho: () => quickDuck.trigger(),
  });

  constructor() {
    super();
    this.port.onmessage = ({ data, ports }: MessageEvent<WorkletMessage>) => {
      if (data.kind === "clock") this.#originMs = data.renderOriginMs;
      else if (data.kind === "tap") this.#tap = ports[0];
      else this.#assistant = ports[0];
    };
  }

  process([input]: Float32Array[][]): boolean {
    if (input?.[0]) this.#nearSound.push(input[0], currentFrame);
    return true;
  }
}

registerProcessor("capture", CaptureWorklet);

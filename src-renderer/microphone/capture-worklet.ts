import { playedSound, quickDuck } from "../audio/audio-link.ts";
import type { WorkletMessage } from "../audio/worklet-clock.ts";
import { CaptureSession } from "./capture-session.ts";

/** Sends the assistant what the microphone hears besides the playback. */
export class CaptureWorklet extends AudioWorkletProcessor {
  readonly #session = new CaptureSession(playedSound, sampleRate, {
    onLevel: (levelRatio) => this.port.postMessage(levelRatio),
    onSpeechOverEcho: () => quickDuck.trigger(),
  });

  constructor() {
    super();
    this.port.onmessage = ({ data, ports }: MessageEvent<WorkletMessage>) => {
      if (data.kind === "clock") this.#session.originMs = data.renderOriginMs;
      else if (data.kind === "tap") this.#session.tap = ports[0];
      else this.#session.assistant = ports[0];
    };
  }

  process([input]: Float32Array[][]): boolean {
    if (input?.[0]) this.#session.push(input[0], currentFrame);
    return true;
  }
}

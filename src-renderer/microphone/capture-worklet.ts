import { playedSound, quickDuck } from "../audio/audio-link.ts";
import type { WorkletMessage } from "../audio/worklet-clock.ts";
import { CaptureSession } from "./capture-session.ts";
import type { CaptureMessage } from "./capture-message.ts";

/** Sends the assistant what the microphone hears besides the playback. */
export class CaptureWorklet extends AudioWorkletProcessor {
  readonly #session = new CaptureSession(playedSound, sampleRate, {
    onLevel: (levelRatio) => this.#tell({ kind: "level", levelRatio }),
    onRequest: (request) => this.#tell(request),
    onSpeechOverEcho: () => quickDuck.trigger(),
  });

  readonly #channels: (Float32Array | undefined)[] = [undefined, undefined];

  constructor() {
    super();
    this.port.onmessage = ({ data, ports }: MessageEvent<WorkletMessage>) => {
      if (data.kind === "clock") this.#session.originMs = data.renderOriginMs;
      else if (data.kind === "tap") this.#session.tap = ports[0];
      else this.#session.assistant = ports[0];
    };
  }

  process([first, second]: Float32Array[][]): boolean {
    this.#channels[0] = first?.[0];
    this.#channels[1] = second?.[0];
    this.#session.push(this.#channels, currentFrame, Date.now());
    return true;
  }

  #tell(message: CaptureMessage): void {
    this.port.postMessage(message);
  }
}

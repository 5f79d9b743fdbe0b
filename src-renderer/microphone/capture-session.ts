import type { TappedFrame } from "../audio/worklet-clock.ts";
import { CaptureProcess } from "./capture-process.ts";
import { MicrophoneInputs, type InputRequest } from "./microphone-inputs.ts";
import { NearSound } from "./near-sound.ts";
import type { PlayedSound } from "./played-sound.ts";

/** A way out for frames: a message port, or anything like it. Posting copies. */
export type FramePort = Pick<MessagePort, "postMessage">;

/** Who is told on the audio thread. */
export interface CaptureSessionListener {
  /** See {@link CaptureListener}. */
  readonly onLevel: (levelRatio: number) => void;
  /** Somebody speaks over the playback. */
  readonly onSpeechOverEcho: () => void;
  /** See {@link InputRequest}. */
  readonly onRequest: (request: InputRequest) => void;
}

/** Sends what the microphone hears besides the playback to the assistant, in frames with their time. Audio thread; allocates nothing but for a tap. */
export class CaptureSession {
  /** Gets the frames. */
  assistant: FramePort | undefined;
  /** Gets them too, as {@link TappedFrame}. */
  tap: FramePort | undefined;
  /** Epoch ms at which context time 0 was rendered. */
  originMs = 0;
  readonly #message: { pcm: Float32Array; endedAtMs: number } = { pcm: new Float32Array(), endedAtMs: 0 };
  readonly #capture: CaptureProcess;
  readonly #nearSound: NearSound;
  readonly #inputs: MicrophoneInputs;

  constructor(
    played: PlayedSound,
    sampleRateHz: number,
    { onLevel, onSpeechOverEcho, onRequest }: CaptureSessionListener,
  ) {
    this.#capture = new CaptureProcess({
      onFrame: (pcm, endSample) => {
        this.#message.pcm = pcm;
        this.#message.endedAtMs = this.originMs + (endSample * 1000) / sampleRateHz;
        this.assistant?.postMessage(this.#message);
        this.tap?.postMessage({ pcm, endSample } satisfies TappedFrame);
      },
      onLevel,
    });
    this.#nearSound = new NearSound(played, sampleRateHz, {
      onBlock: (block, startSample) => this.#capture.push(block, startSample),
      onSpeechOverEcho,
    });
    this.#inputs = new MicrophoneInputs(sampleRateHz, {
      onSound: (pcm, startSample) => this.#nearSound.push(pcm, startSample),
      onCaughtUp: (lagSamples) => {
        this.#capture.catchUp(lagSamples);
        this.#nearSound.catchUp(lagSamples);
      },
      onRequest,
    });
  }

  /** See {@link MicrophoneInputs.push}. */
  push(inputs: readonly (Float32Array | undefined)[], startSample: number, nowMs: number): void {
    this.#inputs.push(inputs, startSample, nowMs);
  }
}

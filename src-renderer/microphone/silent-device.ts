import type { OpenMicrophone } from "./open-microphone.ts";

/** Longer than the time between two looks: 341 ms at 24 kHz. */
const WINDOW_SAMPLES = 8_192;
const AUDIBLE_RATIO = 1e-5;

/** A microphone that gave no sound. It stays open beside the one that stands in for it, to notice when it sounds. */
export class SilentDevice {
  readonly #microphone: OpenMicrophone;
  readonly #analyser: AnalyserNode;
  readonly #samples = new Float32Array(WINDOW_SAMPLES);

  /** Takes the open microphone over. */
  constructor(context: AudioContext, microphone: OpenMicrophone) {
    this.#microphone = microphone;
    this.#analyser = new AnalyserNode(context, { fftSize: WINDOW_SAMPLES });
    microphone.connect(context, this.#analyser);
  }

  /** Whether it sounded within the last third of a second. */
  sounds(): boolean {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return this.#samples.some((sample) => Math.abs(sample) > AUDIBLE_RATIO);
  }

  /** Releases the device. */
  close(): void {
    this.#microphone.close();
  }
}

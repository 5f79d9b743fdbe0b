import type { PlayedSound } from "./played-sound.ts";
import { ECHO_BLOCK_SAMPLES, EchoCanceller } from "./echo-canceller.ts";
import { NearSpeechDetector } from "./near-speech-detector.ts";

/** Who gets what a {@link NearSound} makes. Called on the audio thread. */
export interface NearSoundListener {
  /** What was heard besides the playback, ECHO_BLOCK_SAMPLES samples from `startSample` of the context's time on; to be used before returning. */
  readonly onBlock: (block: Float32Array, startSample: number) => void;
  /** Somebody speaks over the playback. */
  readonly onSpeechOverEcho: () => void;
}

/** What the microphone hears besides the playback, in blocks. `push` allocates nothing but after a slip of the sound card. */
export class NearSound {
  readonly #listener: NearSoundListener;
  readonly #canceller: EchoCanceller;
  readonly #detector: NearSpeechDetector;
  readonly #block = new Float32Array(ECHO_BLOCK_SAMPLES);
  #filled = 0;
  #expectedSample = 0;

  constructor(played: PlayedSound, sampleRateHz: number, listener: NearSoundListener) {
    this.#canceller = new EchoCanceller(played);
    this.#detector = new NearSpeechDetector(sampleRateHz / (2 * ECHO_BLOCK_SAMPLES));
    this.#listener = listener;
  }

  /** Takes a quantum of the microphone that begins at `startSample`. A block never spans a hole. */
  push(quantum: Float32Array, startSample: number): void {
    if (startSample !== this.#expectedSample) this.#filled = 0;
    this.#expectedSample = startSample + quantum.length;
    for (let index = 0; index < quantum.length; index++) {
      this.#block[this.#filled++] = quantum[index] as number;
      if (this.#filled === ECHO_BLOCK_SAMPLES) this.#complete(startSample + index + 1 - ECHO_BLOCK_SAMPLES);
    }
  }

  #complete(startSample: number): void {
    this.#filled = 0;
    this.#canceller.process(this.#block, startSample);
    const speaks = this.#detector.observe(this.#canceller.spectra);
    if (speaks && this.#canceller.isEchoing) this.#listener.onSpeechOverEcho();
    this.#listener.onBlock(this.#block, startSample);
  }
}

import type { PlayedSound } from "./played-sound.ts";
import { ECHO_BLOCK_SAMPLES, EchoCanceller } from "./echo-canceller.ts";
import { NearSpeechDetector } from "./near-speech-detector.ts";

/** While too much of the echo may be left and nobody is heard to speak, the sound is lowered by 40 dB, so that no echo is taken for speech. */
const DOUBTFUL_RATIO = 0.01;
/** The sound stays as it is for 0.3 s after speech. */
const SPEECH_HOLD_BLOCKS = 28;
/** At the beginning of playback and after a slip, speech over echo is believed at once when so many blocks of echo were predicted well: 0.2 s. */
const STEADY_BLOCKS = 20;
/** Before that, so many blocks of speech in a row count, and fewer are echo at an instant that was not predicted. */
const SURE_BLOCKS = 4;
/** While nothing is played, only the noise is to be known: every so many blocks are enough. */
const QUIET_BLOCKS = 4;

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
  readonly #comingPower = () => this.#canceller.comingPower();
  #ratio = 1;
  #speakingBlocks = 0;
  #speechBlocks = 0;
  #steadyBlocks = 0;
  #quietBlocks = 0;
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

  /** What follows does so without a hole, although it begins so many samples before the end of what came last. */
  catchUp(lagSamples: number): void {
    this.#expectedSample -= lagSamples;
    this.#canceller.catchUp(lagSamples);
  }

  #complete(startSample: number): void {
    this.#filled = 0;
    this.#canceller.process(this.#block, startSample);
    const isEchoing = this.#canceller.isEchoing;
    const speaks =
      isEchoing && this.#detector.observe(this.#canceller.spectra, this.#canceller.isLost, this.#comingPower);
    if (!isEchoing) this.#hearNoise();
    this.#speakingBlocks = speaks ? this.#speakingBlocks + 1 : 0;
    if (!isEchoing || this.#canceller.isLost) this.#steadyBlocks = 0;
    else if (this.#detector.isExplained) this.#steadyBlocks++;
    const isSure = speaks && (this.#steadyBlocks >= STEADY_BLOCKS || this.#speakingBlocks >= SURE_BLOCKS);
    if (isSure) this.#listener.onSpeechOverEcho();
    if (isSure) this.#speechBlocks = SPEECH_HOLD_BLOCKS;
    else this.#speechBlocks = this.#canceller.hasSlipped ? 0 : Math.max(0, this.#speechBlocks - 1);
    const isDoubtful = this.#detector.mayLeak || this.#canceller.isUnsettled;
    this.#fade(isEchoing && this.#speechBlocks === 0 && isDoubtful ? DOUBTFUL_RATIO : 1);
    this.#listener.onBlock(this.#block, startSample);
  }

  #hearNoise(): void {
    if (++this.#quietBlocks % QUIET_BLOCKS !== 0) return;
    this.#canceller.measure(this.#block);
    this.#detector.observe(this.#canceller.spectra, this.#canceller.isLost, undefined, QUIET_BLOCKS);
  }

  /** Comes to the wanted volume within the block. */
  #fade(wanted: number): void {
    if (this.#ratio === 1 && wanted === 1) return;
    const step = (wanted - this.#ratio) / ECHO_BLOCK_SAMPLES;
    for (let index = 0; index < ECHO_BLOCK_SAMPLES; index++) {
      this.#block[index] = (this.#block[index] as number) * (this.#ratio + step * (index + 1));
    }
    this.#ratio = wanted;
  }
}

import { EchoAlignment } from "./echo-alignment.ts";
import { EchoFilter } from "./echo-filter.ts";
import type { PlayedSound } from "./played-sound.ts";

/** Samples that are worked on at once: two render quanta, as many as the browser renders in one go. */
export const ECHO_BLOCK_SAMPLES = 256;

/** 341 ms at 24 kHz: speaker, room, microphone, and what busy browsers buffer. */
const PARTITIONS = 32;
/** No sound comes back sooner. */
const LEAST_DELAY_SAMPLES = 240;
/** An echo path that fits nowhere for so long is learned from the start again. */
const LONGEST_MISFIT_BLOCKS = 20;

/** Speech against the phase of the echo may leave a little more than the microphone heard. */
const MOST_GAIN = 2;
/** An echo path that makes the sound louder for so long is learned from the start again. */
const LONGEST_RUNAWAY_BLOCKS = 40;
/** Less than this share of the microphone is left where the echo path is known well. */
const WELL_KNOWN_SHARE = 0.05;
/** Blocks between two looks whether the echo path is worth keeping in mind. */
const KEEP_BLOCKS = 8;

/** Power spectra of a block, by bins of 46.9 Hz; what a block of another size has to be compared with. */
export interface EchoSpectra {
  /** What is left when the echo known so far is taken away. */
  readonly leftPower: Float32Array;
  readonly echoPower: Float32Array;
  readonly microphonePower: Float32Array;
  /** Power that the echo may have besides, because the echo path is not known well. */
  readonly doubtPower: Float32Array;
}

/**
 * Takes what the speaker plays out of what the microphone hears. Linear, so that speech over the echo comes through whole. Finds its way back
 * after the slips of a few milliseconds that sound cards and browsers make. Audio thread; allocates nothing but when a slip is found.
 */
export class EchoCanceller {
  readonly #played: PlayedSound;
  readonly #filter = new EchoFilter(ECHO_BLOCK_SAMPLES, PARTITIONS);
  readonly #alignment = new EchoAlignment();
  readonly #reference = new Float32Array(2 * ECHO_BLOCK_SAMPLES);
  readonly #spectra = {
    leftPower: new Float32Array(ECHO_BLOCK_SAMPLES + 1),
    echoPower: new Float32Array(ECHO_BLOCK_SAMPLES + 1),
    microphonePower: new Float32Array(ECHO_BLOCK_SAMPLES + 1),
    doubtPower: new Float32Array(ECHO_BLOCK_SAMPLES + 1),
  };
  readonly #left = new Float32Array(ECHO_BLOCK_SAMPLES);
  #delaySamples = LEAST_DELAY_SAMPLES;
  #expectedSample = -1;
  #soundingBlocks = 0;
  #misfitBlocks = 0;
  #blocks = 0;
  #runawayBlocks = 0;

  constructor(played: PlayedSound) {
    this.#played = played;
  }

  /** Spectra of the latest block. */
  get spectra(): EchoSpectra {
    return this.#spectra;
  }

  /** Whether the latest block may hold echo. */
  get isEchoing(): boolean {
    return this.#soundingBlocks > 0;
  }

  /** Whether the echo is predicted wrongly at the moment, as after a slip. */
  get isLost(): boolean {
    return this.#misfitBlocks > 0;
  }

  /** Replaces a block of the microphone, of ECHO_BLOCK_SAMPLES samples from `startSample` of the context's time on, by what it heard besides the echo. */
  process(block: Float32Array, startSample: number): void {
    if (startSample !== this.#expectedSample) this.#rewind(startSample);
    this.#expectedSample = startSample + ECHO_BLOCK_SAMPLES;
    const sounds = this.#played.read(this.#reference, startSample - this.#delaySamples - ECHO_BLOCK_SAMPLES);
    this.#soundingBlocks = sounds ? PARTITIONS + 1 : Math.max(0, this.#soundingBlocks - 1);
    const filter = this.#filter;
    if (!this.isEchoing) {
      filter.measure(block);
      this.#keepSpectra();
      return;
    }
    filter.play(this.#reference);
    filter.predict(block, this.#left);
    this.#keepSpectra();
    this.#align(block);
    if (!this.isLost) {
      if (this.#blocks++ % KEEP_BLOCKS === 0 && this.#knowsWell()) filter.keep();
      filter.learn();
      filter.predict(block, this.#left);
      filter.learn();
    }
    this.#useLeft(block);
  }

  /** A wrong prediction must not be heard: what is left is never louder than the microphone. */
  #useLeft(block: Float32Array): void {
    const isRunaway = powerOf(this.#left) > MOST_GAIN * powerOf(block);
    if (!isRunaway) block.set(this.#left);
    this.#runawayBlocks = isRunaway ? this.#runawayBlocks + 1 : 0;
    if (this.#runawayBlocks < LONGEST_RUNAWAY_BLOCKS) return;
    this.#runawayBlocks = 0;
    this.#filter.forget();
  }

  #keepSpectra(): void {
    this.#spectra.leftPower.set(this.#filter.leftPower);
    this.#spectra.echoPower.set(this.#filter.echoPower);
    this.#spectra.microphonePower.set(this.#filter.microphonePower);
    this.#spectra.doubtPower.set(this.#filter.doubtPower);
  }

  #knowsWell(): boolean {
    let [left, heard] = [0, 0];
    for (let bin = 0; bin <= ECHO_BLOCK_SAMPLES; bin++) {
      left += this.#spectra.leftPower[bin] as number;
      heard += this.#spectra.microphonePower[bin] as number;
    }
    return left < WELL_KNOWN_SHARE * heard;
  }

  #align(block: Float32Array): void {
    const fit = this.#alignment.observe(block, this.#filter.echo);
    if (fit === "fits") this.#misfitBlocks = 0;
    else if (fit === "misfit") this.#misfitBlocks++;
    else this.#shift(fit.slipSamples);
    if (this.#misfitBlocks < LONGEST_MISFIT_BLOCKS) return;
    this.#misfitBlocks = 0;
    this.#filter.forget();
    this.#alignment.restart();
  }

  #shift(slipSamples: number): void {
    this.#misfitBlocks++;
    if (this.#delaySamples + slipSamples < 0) return;
    this.#delaySamples += slipSamples;
    this.#filter.restore();
    this.#rewind(this.#expectedSample);
    this.#alignment.restart();
  }

  /** Tells the filter again what was played before the block at `startSample`, or before its end when that was told already. */
  #rewind(startSample: number): void {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const from = startSample - this.#delaySamples - (partition + 2) * ECHO_BLOCK_SAMPLES;
      this.#played.read(this.#reference, from);
      this.#filter.replay(this.#reference, partition);
    }
  }
}

function powerOf(block: Float32Array): number {
  let power = 0;
  for (let index = 0; index < block.length; index++) power += (block[index] as number) ** 2;
  return power;
}

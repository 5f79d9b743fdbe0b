import { EchoAlignment } from "./echo-alignment.ts";
import { EchoDelay } from "./echo-delay.ts";
import { EchoFilter } from "./echo-filter.ts";
import type { PlayedSound } from "./played-sound.ts";

/** Samples that are worked on at once: two render quanta, as many as the browser renders in one go. */
export const ECHO_BLOCK_SAMPLES = 256;

/** 341 ms at 24 kHz: speaker, room, microphone, and what busy browsers buffer. */
const PARTITIONS = 32;
const PATH_SAMPLES = PARTITIONS * ECHO_BLOCK_SAMPLES;
/** No sound comes back sooner. */
const LEAST_DELAY_SAMPLES = 240;
/** Blocks between two looks for the delay, while it is not known or the echo path explains nothing. */
const LOOK_BLOCKS = 10;
/** An echo path that fits nowhere for so long, 2 s, is learned from the start again; at once where there is no echo. */
const LONGEST_MISFIT_BLOCKS = 190;
/** So much before the delay that was found the echo path begins at least, and then in fact: room for slips. */
const LEAST_LEAD_SAMPLES = 64;
const LEAD_SAMPLES = 1_920;
/** The echo path ends at least so much after the delay: room for reflections. */
const LEAST_TAIL_SAMPLES = 3_072;
/** The delay is found in what was heard in so many blocks: half a second. */
const DELAY_BLOCKS = 48;
/** A delay that was found is as known, give or take this. */
const SAME_DELAY_SAMPLES = 8;

/** Speech against the phase of the echo may leave a little more than the microphone heard. */
const MOST_GAIN = 2;
/** Less than this share of the microphone is left where the echo path is known well. */
const WELL_KNOWN_SHARE = 0.05;
/** Blocks between two looks whether the echo path is worth keeping in mind. */
const KEEP_BLOCKS = 8;
/** Blocks from now, 21 and 43 ms, that are looked at for echo to come: slips of that length are frequent. */
const COMING_BLOCKS = [2, 4];

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
 * after the slips that sound cards and browsers make. Audio thread; allocates nothing but when a slip is found.
 */
export class EchoCanceller {
  readonly #played: PlayedSound;
  readonly #filter = new EchoFilter(ECHO_BLOCK_SAMPLES, PARTITIONS);
  readonly #alignment = new EchoAlignment();
  readonly #delay = new EchoDelay();
  readonly #reference = new Float32Array(2 * ECHO_BLOCK_SAMPLES);
  readonly #spectra = {
    leftPower: new Float32Array(ECHO_BLOCK_SAMPLES + 1),
    echoPower: new Float32Array(ECHO_BLOCK_SAMPLES + 1),
    microphonePower: new Float32Array(ECHO_BLOCK_SAMPLES + 1),
    doubtPower: new Float32Array(ECHO_BLOCK_SAMPLES + 1),
  };
  readonly #comingPower = new Float32Array(ECHO_BLOCK_SAMPLES + 1);
  readonly #left = new Float32Array(ECHO_BLOCK_SAMPLES);
  #delaySamples = LEAST_DELAY_SAMPLES;
  #expectedSample = -1;
  #soundingBlocks = 0;
  #misfitBlocks = 0;
  #blocks = 0;
  #blocksSinceMove = 0;
  #hasSlipped = false;
  #isKept = false;
  /** Whether the echo path was kept since the delay was changed. */
  #isSettled = false;
  #echoingBlocks = 0;
  #unexplainedBlocks = 0;
  /** What the delay of the echo path that is kept was found to be, relative to its beginning. */
  #leadSamples: number | undefined;

  constructor(played: PlayedSound) {
    this.#played = played;
  }

  /** Spectra of the latest block that held echo or was measured. */
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

  /** Whether the latest block showed that the sound had slipped: what was left before it was echo. */
  get hasSlipped(): boolean {
    return this.#hasSlipped;
  }

  /** Whether the echo path was not found to fit since the sound slipped. */
  get isUnsettled(): boolean {
    return this.#isKept && !this.#isSettled;
  }

  /** Power spectrum that the echo of the next blocks may have, the loudest of each bin. It costs as much as two blocks. */
  comingPower(): Float32Array {
    this.#comingPower.fill(0);
    for (const blocks of COMING_BLOCKS) this.#filter.anticipate(blocks, this.#comingPower);
    return this.#comingPower;
  }

  /** Replaces a block of the microphone, of ECHO_BLOCK_SAMPLES samples from `startSample` of the context's time on, by what it heard besides the echo. */
  process(block: Float32Array, startSample: number): void {
    if (startSample !== this.#expectedSample) this.#rewind(startSample);
    this.#expectedSample = startSample + ECHO_BLOCK_SAMPLES;
    this.#hasSlipped = false;
    this.#delay.observe(block, startSample);
    const sounds = this.#played.read(this.#reference, startSample - this.#delaySamples - ECHO_BLOCK_SAMPLES);
    this.#soundingBlocks = sounds ? PARTITIONS + 1 : Math.max(0, this.#soundingBlocks - 1);
    if (!this.isEchoing) return;
    const filter = this.#filter;
    filter.play(this.#reference);
    filter.predict(block, this.#left);
    this.#keepSpectra();
    const knowsWell = this.#knowsWell();
    this.#unexplainedBlocks = knowsWell ? 0 : this.#unexplainedBlocks + 1;
    this.#align(block);
    if (!this.isLost) {
      if (this.#blocks++ % KEEP_BLOCKS === 0 && knowsWell) this.#keep();
      filter.learn();
      filter.predict(block, this.#left);
      filter.learn();
    }
    this.#useLeft(block);
  }

  /** From now on the microphone's sound, and the echo in it, comes so much sooner. */
  catchUp(lagSamples: number): void {
    this.#moveDelay(-lagSamples);
  }

  /** Takes the spectra of a block that holds no echo. */
  measure(block: Float32Array): void {
    this.#filter.measure(block);
    this.#keepSpectra();
  }

  #keep(): void {
    this.#filter.keep();
    if (!this.#isSettled) this.#leadSamples = undefined;
    this.#isKept = this.#isSettled = true;
  }

  /** A wrong prediction must not be heard: what is left is never louder than the microphone. */
  #useLeft(block: Float32Array): void {
    if (powerOf(this.#left) <= MOST_GAIN * powerOf(block)) block.set(this.#left);
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
    else if (fit === "absent") this.#misfitBlocks = LONGEST_MISFIT_BLOCKS;
    else if (fit !== "hidden") this.#shift(fit.slipSamples);
    const isDoubtful = this.#unexplainedBlocks > LOOK_BLOCKS || this.#leadSamples === undefined;
    this.#blocksSinceMove++;
    if (++this.#echoingBlocks % LOOK_BLOCKS === 0 && isDoubtful) this.#look();
    if (this.#misfitBlocks < LONGEST_MISFIT_BLOCKS) return;
    this.#misfitBlocks = 0;
    this.#learnAnew();
  }

  #shift(slipSamples: number): void {
    this.#misfitBlocks++;
    if (!this.#moveDelay(slipSamples)) return;
    this.#hasSlipped = true;
    this.#isSettled = false;
    this.#filter.restore();
    this.#rewind(this.#expectedSample);
  }

  /** Reads what was played from elsewhere. Where it is not played yet, the echo path begins earlier instead; false when it begins at once. */
  #moveDelay(slipSamples: number): boolean {
    const delaySamples = this.#delaySamples + slipSamples;
    const blocks = Math.ceil(Math.max(0, -delaySamples) / ECHO_BLOCK_SAMPLES);
    if (blocks > 0 && !this.#filter.advance(blocks)) return false;
    this.#delaySamples = delaySamples + blocks * ECHO_BLOCK_SAMPLES;
    if (this.#leadSamples !== undefined) this.#leadSamples -= blocks * ECHO_BLOCK_SAMPLES;
    this.#alignment.restart();
    this.#blocksSinceMove = 0;
    return true;
  }

  /** Sees after how long the echo really comes, when it is far from where it is looked for. */
  #look(): void {
    const foundSamples = this.#delay.find(this.#played);
    if (foundSamples === undefined) return;
    const leadSamples = foundSamples - this.#delaySamples;
    if (this.#leadSamples !== undefined) {
      const slipSamples = leadSamples - this.#leadSamples;
      if (Math.abs(slipSamples) > SAME_DELAY_SAMPLES) this.#shift(slipSamples);
      return;
    }
    if (this.#isKept) {
      if (this.#isSettled && !this.isLost && this.#blocksSinceMove > DELAY_BLOCKS) this.#leadSamples = leadSamples;
      return;
    }
    const isWithin = leadSamples >= LEAST_LEAD_SAMPLES && leadSamples < PATH_SAMPLES - LEAST_TAIL_SAMPLES;
    if (isWithin) return;
    this.#delaySamples = Math.max(0, foundSamples - LEAD_SAMPLES);
    this.#learnAnew();
    this.#rewind(this.#expectedSample);
  }

  #learnAnew(): void {
    this.#filter.forget();
    this.#isKept = this.#isSettled = false;
    this.#leadSamples = undefined;
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

import { EchoCorrelation } from "./echo-correlation.ts";
import type { PlayedSound } from "./played-sound.ts";

/** A coarse look is enough: every sample of it is the mean of so many. */
const COARSENESS = 4;
/** At 24 kHz, 1.4 s of what was played are compared with the latest 0.5 s of what was heard, for delays of 0.6 s at most. */
const PLAYED_SAMPLES = 8_192;
const HEARD_SAMPLES = 3_072;
const PIECE_SAMPLES = 256;
const LONGEST_SAMPLES = 3_600;
/** Two looks in a row have to find the same, give or take this. */
const LARGEST_DISAGREEMENT_SAMPLES = 1;
/** So far must the best delay stand out of all, in their root mean square. */
const LEAST_CLARITY = 6;
/** Quieter sound, mean square, tells nothing. */
const LEAST_POWER = 1e-6;

/** Finds out how long after it was played a sound is heard, without knowing anything about the way it took. Allocates nothing after construction. */
export class EchoDelay {
  readonly #correlation = new EchoCorrelation(PLAYED_SAMPLES);
  readonly #heard = new Float32Array(HEARD_SAMPLES);
  readonly #piece = new Float32Array(PIECE_SAMPLES);
  /** Raised cosine, so that the ends are not found. */
  readonly #window = Float32Array.from(
    { length: HEARD_SAMPLES },
    (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (index + 0.5)) / HEARD_SAMPLES),
  );
  #endSample = 0;
  #lastBest = -1;

  /** Takes a block of the microphone, a multiple of four samples from `startSample` on. */
  observe(block: Float32Array, startSample: number): void {
    this.#endSample = startSample + block.length;
    this.#heard.copyWithin(0, block.length / COARSENESS);
    coarsen(block, this.#heard, HEARD_SAMPLES - block.length / COARSENESS);
  }

  /** Samples from playing to hearing, give or take four; undefined when this look or the one before does not tell. */
  find(played: PlayedSound): number | undefined {
    const { re, im } = this.#correlation;
    re.fill(0);
    for (let index = 0; index < HEARD_SAMPLES; index++) {
      re[PLAYED_SAMPLES - HEARD_SAMPLES + index] = (this.#heard[index] as number) * (this.#window[index] as number);
    }
    for (let at = 0; at < PLAYED_SAMPLES; at += PIECE_SAMPLES / COARSENESS) {
      played.read(this.#piece, this.#endSample - (PLAYED_SAMPLES - at) * COARSENESS);
      coarsen(this.#piece, im, at);
    }
    if (meanSquare(this.#heard) < LEAST_POWER) return undefined;
    this.#correlation.correlate();
    const likeness = re.subarray(0, LONGEST_SAMPLES);
    let best = 0;
    for (let delay = 0; delay < LONGEST_SAMPLES; delay++) {
      if ((likeness[delay] as number) > (likeness[best] as number)) best = delay;
    }
    const isClear = (likeness[best] as number) > LEAST_CLARITY * Math.sqrt(meanSquare(likeness));
    const isAgreed = Math.abs(best - this.#lastBest) <= LARGEST_DISAGREEMENT_SAMPLES;
    this.#lastBest = isClear ? best : -1;
    return isClear && isAgreed ? best * COARSENESS : undefined;
  }
}

function coarsen(from: Float32Array, to: Float32Array, at: number): void {
  for (let index = 0; index < from.length; index += COARSENESS) {
    let sum = 0;
    for (let part = 0; part < COARSENESS; part++) sum += from[index + part] as number;
    to[at + index / COARSENESS] = sum / COARSENESS;
  }
}

function meanSquare(pcm: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < pcm.length; index++) sum += (pcm[index] as number) ** 2;
  return sum / pcm.length;
}

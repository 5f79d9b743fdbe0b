import { FourierTransform } from "./fourier-transform.ts";

/** Partitions whose circular part is cleared per block: each gets its turn, one after the other. */
const CONSTRAINED_PER_BLOCK = 4;
/** How much of the echo path is taken to remain from block to block. */
const PERSISTENCE = 0.998;
/** Variance of the unknown echo path, per bin. */
const UNKNOWN_VARIANCE = 0.01;
/** Weight of the newest block in what is known of the sounds that are not echo. */
const DISTURBANCE_SHARE = 0.3;
/** An echo path that moves earlier may lose this share of its power. */
const LOST_SHARE = 0.05;
const TINY = 1e-10;

/**
 * Learns how the speaker is heard at the microphone and predicts the echo: a Kalman filter per frequency bin, of partitions of one block each
 * (Enzner and Vary 2006; Kuech, Mabande and Enzner 2014). Speech over the echo slows the learning down by itself. Allocates nothing after
 * construction.
 */
export class EchoFilter {
  /** Power spectra of the latest block, per bin: what is left, the predicted echo, and the microphone. */
  readonly leftPower: Float32Array;
  readonly echoPower: Float32Array;
  readonly microphonePower: Float32Array;
  /** Power that the echo may have besides, because the echo path is not known well. */
  readonly doubtPower: Float32Array;
  /** The predicted echo of the latest block. */
  readonly echo: Float32Array;
  readonly #block: number;
  readonly #partitions: number;
  readonly #bins: number;
  readonly #transform: FourierTransform;
  readonly #playedRe: Float32Array;
  readonly #playedIm: Float32Array;
  readonly #pathRe: Float32Array;
  readonly #pathIm: Float32Array;
  readonly #variance: Float32Array;
  readonly #keptRe: Float32Array;
  readonly #keptIm: Float32Array;
  readonly #disturbance: Float32Array;
  readonly #scale: Float32Array;
  readonly #leftRe: Float32Array;
  readonly #leftIm: Float32Array;
  readonly #re: Float32Array;
  readonly #im: Float32Array;
  #head = 0;
  #nextConstrained = 0;

  /** Blocks of `blockSamples`, a power of two; an echo path of `partitions` blocks. */
  constructor(blockSamples: number, partitions: number) {
    const size = 2 * blockSamples;
    this.#block = blockSamples;
    this.#partitions = partitions;
    this.#bins = blockSamples + 1;
    this.#transform = new FourierTransform(size);
    const state = () => new Float32Array(partitions * this.#bins);
    [this.#playedRe, this.#playedIm, this.#variance] = [state(), state(), state()];
    [this.#pathRe, this.#pathIm, this.#keptRe, this.#keptIm] = [state(), state(), state(), state()];
    const spectrum = () => new Float32Array(this.#bins);
    [this.leftPower, this.echoPower] = [spectrum(), spectrum()];
    [this.microphonePower, this.doubtPower] = [spectrum(), spectrum()];
    [this.#disturbance, this.#scale, this.#leftRe, this.#leftIm] = [spectrum(), spectrum(), spectrum(), spectrum()];
    [this.#re, this.#im] = [new Float32Array(size), new Float32Array(size)];
    this.echo = new Float32Array(blockSamples);
    this.forget();
  }

  /** Knows nothing of the echo path any more. */
  forget(): void {
    this.#pathRe.fill(0);
    this.#pathIm.fill(0);
    this.keep();
    this.#variance.fill(UNKNOWN_VARIANCE);
  }

  /** Keeps the echo path as it is now in mind. */
  keep(): void {
    this.#keptRe.set(this.#pathRe);
    this.#keptIm.set(this.#pathIm);
  }

  /** Goes back to the echo path that was kept. */
  restore(): void {
    this.#pathRe.set(this.#keptRe);
    this.#pathIm.set(this.#keptIm);
  }

  /** Moves the echo path so many blocks earlier; false when something of it would be lost, and it stays as it is. */
  advance(blocks: number): boolean {
    if (blocks >= this.#partitions) return false;
    const moved = blocks * this.#bins;
    const [keptRe, keptIm, variance] = [this.#keptRe, this.#keptIm, this.#variance];
    let [lost, left] = [0, 0];
    for (let at = 0; at < keptRe.length; at++) {
      const power = (keptRe[at] as number) ** 2 + (keptIm[at] as number) ** 2;
      if (at < moved) lost += power;
      else left += power;
    }
    if (lost > LOST_SHARE * left) return false;
    for (const path of [this.#pathRe, this.#pathIm, keptRe, keptIm]) {
      path.copyWithin(0, moved);
      path.fill(0, path.length - moved);
    }
    variance.copyWithin(0, moved);
    const [from, last] = [variance.length - moved, variance.length - moved - this.#bins];
    for (let at = 0; at < moved; at++) variance[from + at] = variance[last + (at % this.#bins)] as number;
    return true;
  }

  /** Takes what was played, two blocks of which the later one is new. */
  play(played: Float32Array): void {
    this.#head = (this.#head + this.#partitions - 1) % this.#partitions;
    this.#load(played, this.#head);
  }

  /** Replaces what was played `partition` blocks ago. */
  replay(played: Float32Array, partition: number): void {
    this.#load(played, (this.#head + partition) % this.#partitions);
  }

  /** Takes the echo out of a block of the microphone, into `out`. */
  predict(microphone: Float32Array, out: Float32Array): void {
    this.#sumEcho();
    const [re, im, block] = [this.#re, this.#im, this.#block];
    this.#transform.inverse(re, im);
    for (let index = 0; index < block; index++) {
      const echo = re[block + index] as number;
      this.echo[index] = echo;
      out[index] = (microphone[index] as number) - echo;
    }
    this.#measure(out);
  }

  /** Raises `power`, per bin, to that of the echo that will be heard so many blocks from now, as far as it was played already. */
  anticipate(blocks: number, power: Float32Array): void {
    for (let bin = 0; bin < this.#bins; bin++) {
      let [re, im] = [0, 0];
      for (let partition = blocks; partition < this.#partitions; partition++) {
        const at = partition * this.#bins + bin;
        const from = ((this.#head + partition - blocks) % this.#partitions) * this.#bins + bin;
        const [playedRe, playedIm] = [this.#playedRe[from] as number, this.#playedIm[from] as number];
        const [pathRe, pathIm] = [this.#pathRe[at] as number, this.#pathIm[at] as number];
        re += playedRe * pathRe - playedIm * pathIm;
        im += playedRe * pathIm + playedIm * pathRe;
      }
      power[bin] = Math.max(power[bin] as number, 0.5 * (re * re + im * im));
    }
  }

  /** Only measures, because nothing is played. */
  measure(microphone: Float32Array): void {
    this.echo.fill(0);
    this.#measure(microphone);
  }

  /** Learns from what {@link predict} left over. */
  learn(): void {
    const [bins, partitions] = [this.#bins, this.#partitions];
    const [playedRe, playedIm, pathRe, pathIm, variance] = [
      this.#playedRe,
      this.#playedIm,
      this.#pathRe,
      this.#pathIm,
      this.#variance,
    ];
    const scale = this.#scale;
    for (let bin = 0; bin < bins; bin++) {
      const power = this.leftPower[bin] as number;
      const doubt = this.doubtPower[bin] as number;
      const other = Math.max(power - doubt, 0.1 * power);
      const disturbance = (this.#disturbance[bin] as number) * (1 - DISTURBANCE_SHARE) + other * DISTURBANCE_SHARE;
      this.#disturbance[bin] = disturbance;
      scale[bin] = 0.5 / (doubt + disturbance + TINY);
    }
    const kept = PERSISTENCE * PERSISTENCE;
    for (let partition = 0; partition < partitions; partition++) {
      const from = partition * bins;
      const slot = ((this.#head + partition) % partitions) * bins;
      for (let bin = 0; bin < bins; bin++) {
        const re = playedRe[slot + bin] as number;
        const im = playedIm[slot + bin] as number;
        const unsure = variance[from + bin] as number;
        const step = unsure * (scale[bin] as number);
        const leftRe = this.#leftRe[bin] as number;
        const leftIm = this.#leftIm[bin] as number;
        const newRe = (pathRe[from + bin] as number) + step * (re * leftRe + im * leftIm);
        const newIm = (pathIm[from + bin] as number) + step * (re * leftIm - im * leftRe);
        pathRe[from + bin] = newRe;
        pathIm[from + bin] = newIm;
        variance[from + bin] =
          kept * unsure * (1 - 0.5 * step * (re * re + im * im)) + (1 - kept) * (newRe * newRe + newIm * newIm);
      }
    }
    for (let pair = 0; pair < CONSTRAINED_PER_BLOCK; pair += 2) this.#constrainNextPair();
  }

  #load(played: Float32Array, slot: number): void {
    const [re, im] = [this.#re, this.#im];
    re.set(played);
    im.fill(0);
    this.#transform.forward(re, im);
    const from = slot * this.#bins;
    for (let bin = 0; bin < this.#bins; bin++) {
      this.#playedRe[from + bin] = re[bin] as number;
      this.#playedIm[from + bin] = im[bin] as number;
    }
  }

  #sumEcho(): void {
    const [re, im, bins, partitions] = [this.#re, this.#im, this.#bins, this.#partitions];
    const doubt = this.doubtPower;
    re.fill(0);
    im.fill(0);
    doubt.fill(0);
    for (let partition = 0; partition < partitions; partition++) {
      const from = partition * bins;
      const slot = ((this.#head + partition) % partitions) * bins;
      for (let bin = 0; bin < bins; bin++) {
        const playedRe = this.#playedRe[slot + bin] as number;
        const playedIm = this.#playedIm[slot + bin] as number;
        const pathRe = this.#pathRe[from + bin] as number;
        const pathIm = this.#pathIm[from + bin] as number;
        re[bin] = (re[bin] as number) + playedRe * pathRe - playedIm * pathIm;
        im[bin] = (im[bin] as number) + playedRe * pathIm + playedIm * pathRe;
        const power = 0.5 * (playedRe * playedRe + playedIm * playedIm);
        doubt[bin] = (doubt[bin] as number) + power * (this.#variance[from + bin] as number);
      }
    }
    for (let bin = 1; bin < this.#block; bin++) {
      re[2 * this.#block - bin] = re[bin] as number;
      im[2 * this.#block - bin] = -(im[bin] as number);
    }
    im[0] = im[this.#block] = 0;
  }

  /** Spectra of two real signals by one transform: the one is its even, the other its odd part. */
  #measure(left: Float32Array): void {
    const [re, im, block] = [this.#re, this.#im, this.#block];
    re.fill(0, 0, block);
    im.fill(0, 0, block);
    re.set(left, block);
    im.set(this.echo, block);
    this.#transform.forward(re, im);
    for (let bin = 0; bin <= block; bin++) {
      const mirror = (2 * block - bin) % (2 * block);
      const leftRe = 0.5 * ((re[bin] as number) + (re[mirror] as number));
      const leftIm = 0.5 * ((im[bin] as number) - (im[mirror] as number));
      const echoRe = 0.5 * ((im[bin] as number) + (im[mirror] as number));
      const echoIm = 0.5 * ((re[mirror] as number) - (re[bin] as number));
      this.#leftRe[bin] = leftRe;
      this.#leftIm[bin] = leftIm;
      this.leftPower[bin] = leftRe * leftRe + leftIm * leftIm;
      this.echoPower[bin] = echoRe * echoRe + echoIm * echoIm;
      this.microphonePower[bin] = (leftRe + echoRe) ** 2 + (leftIm + echoIm) ** 2;
    }
  }

  /** Keeps the echo paths of two partitions as long as a block; both at once, because both are real. */
  #constrainNextPair(): void {
    const [re, im, block] = [this.#re, this.#im, this.#block];
    const first = this.#nextConstrained * this.#bins;
    const second = ((this.#nextConstrained + 1) % this.#partitions) * this.#bins;
    this.#nextConstrained = (this.#nextConstrained + 2) % this.#partitions;
    const [pathRe, pathIm] = [this.#pathRe, this.#pathIm];
    for (let bin = 0; bin <= block; bin++) {
      const mirror = (2 * block - bin) % (2 * block);
      const firstRe = pathRe[first + bin] as number;
      const firstIm = pathIm[first + bin] as number;
      const secondRe = pathRe[second + bin] as number;
      const secondIm = pathIm[second + bin] as number;
      re[mirror] = firstRe + secondIm;
      im[mirror] = secondRe - firstIm;
      re[bin] = firstRe - secondIm;
      im[bin] = firstIm + secondRe;
    }
    this.#transform.inverse(re, im);
    re.fill(0, block);
    im.fill(0, block);
    this.#transform.forward(re, im);
    for (let bin = 0; bin <= block; bin++) {
      const mirror = (2 * block - bin) % (2 * block);
      pathRe[first + bin] = 0.5 * ((re[bin] as number) + (re[mirror] as number));
      pathIm[first + bin] = 0.5 * ((im[bin] as number) - (im[mirror] as number));
      pathRe[second + bin] = 0.5 * ((im[bin] as number) + (im[mirror] as number));
      pathIm[second + bin] = 0.5 * ((re[mirror] as number) - (re[bin] as number));
    }
  }
}

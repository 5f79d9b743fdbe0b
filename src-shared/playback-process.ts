import type { SpeakerCommand, SpeakerReport } from "./speaker-protocol.ts";

const FADE_MS = 5;
const PROGRESS_MS = 100;
/** -60 dBFS: quieter samples do not count as audible. */
const AUDIBLE_AMPLITUDE = 0.001;

/** Shape of a {@link PlaybackProcess}. */
export interface PlaybackProcessOptions {
  readonly sampleRateHz: number;
  /** Most audio that may wait at the device. The sender never sends more ahead of what was reported as played. */
  readonly capacitySamples: number;
  /** Audio that must be there again before playback resumes after a gap. */
  readonly rearmMs: number;
}

/**
 * The device side of the player: takes commands, fills output blocks, counts gaps. Runs unchanged in the renderer's playback worklet
 * and in the player worker's file and null sinks, so every sink stutters, fades and counts alike.
 *
 * One envelope does all fading: it slews towards 1 while audio is at hand and towards 0 when less than 5 ms is left, so neither a gap nor
 * a resume nor the end is ever a click. A gap counts as an underrun once audio resumes after it; waiting for the end of
 * a reply that has nothing left is not a gap. `process` allocates nothing; `command` and `takeReport` run at message rate.
 */
export class PlaybackProcess {
  readonly #ring: Float32Array;
  readonly #fadeSamples: number;
  readonly #rearmSamples: number;
  readonly #progressSamples: number;
  readonly #msPerSample: number;
  /** What is left of a flushed reply, already faded. */
  readonly #tail: Float32Array;
  #tailIndex: number;
  #generation = 0;
  #head = 0;
  #available = 0;
  #totalSamples = Number.POSITIVE_INFINITY;
  #started = false;
  #finished = true;
  #inGap = false;
  #envelope = 0;
  #gain = 1;
  #gainTarget = 1;
  #gainStep = 0;
  #playedSamples = 0;
  #underruns = 0;
  #gapSamples = 0;
  #currentGapSamples = 0;
  #deepestGapSamples = 0;
  #bufferMinSamples = -1;
  #sinceProgressSamples = 0;
  #audibleAtMs = -1;
  #finishedAtMs = -1;
  #flushed = false;
  #audibleReported = true;
  #finishReported = true;

  constructor(options: PlaybackProcessOptions) {
    this.#ring = new Float32Array(options.capacitySamples);
    this.#msPerSample = 1000 / options.sampleRateHz;
    this.#fadeSamples = Math.round(FADE_MS / this.#msPerSample);
    this.#rearmSamples = Math.round(options.rearmMs / this.#msPerSample);
    this.#progressSamples = Math.round(PROGRESS_MS / this.#msPerSample);
    this.#tail = new Float32Array(this.#fadeSamples);
    this.#tailIndex = this.#fadeSamples;
  }

  /** Applies one command. Commands of an older generation than the current one change nothing. */
  command(message: SpeakerCommand, nowMs: number): void {
    switch (message.kind) {
      case "gain":
        this.#gainTarget = message.ratio;
        this.#gainStep = Math.abs(message.ratio - this.#gain) / Math.max(1, message.rampMs / this.#msPerSample);
        return;
      case "begin":
        if (message.generation <= this.#generation) return;
        this.#cutOff(nowMs);
        this.#begin(message.generation);
        return;
      case "flush":
        if (message.generation >= this.#generation) this.#cutOff(nowMs);
        return;
      case "pcm":
        if (message.generation === this.#generation && !this.#finished) this.#append(message.pcm);
        return;
      case "start":
        if (message.generation === this.#generation) this.#started = true;
        return;
      case "end":
        if (message.generation === this.#generation) this.#totalSamples = message.totalSamples;
        return;
    }
  }

  /** Fills one block. `startsAtMs`: epoch ms at which its first sample leaves the speaker. Allocates nothing. */
  process(out: Float32Array, startsAtMs: number): void {
    for (let index = 0; index < out.length; index++) {
      let sample = this.#next(startsAtMs + index * this.#msPerSample);
      if (this.#tailIndex < this.#fadeSamples) sample += this.#tail[this.#tailIndex++] as number;
      out[index] = sample;
    }
    this.#sinceProgressSamples += out.length;
  }

  /** The next thing to tell the player, or undefined. Call until undefined after every command and block; allocates only when there is news. */
  takeReport(): SpeakerReport | undefined {
    if (!this.#audibleReported && this.#audibleAtMs >= 0) {
      this.#audibleReported = true;
      return { kind: "audible", generation: this.#generation, atMs: this.#audibleAtMs };
    }
    if (this.#finished) {
      if (this.#finishReported) return undefined;
      this.#finishReported = true;
      return {
        kind: "finished",
        flushed: this.#flushed,
        atMs: this.#finishedAtMs,
        ...this.#counters(),
      };
    }
    if (this.#sinceProgressSamples < this.#progressSamples) return undefined;
    this.#sinceProgressSamples = 0;
    return { kind: "progress", ...this.#counters() };
  }

  #next(atMs: number): number {
    if (this.#gain !== this.#gainTarget) this.#slewGain();
    if (!this.#started || this.#finished) return 0;
    const ended = this.#playedSamples + this.#available >= this.#totalSamples;
    if (this.#available === 0) {
      if (ended) this.#finish(atMs, false);
      else if (this.#playedSamples > 0) this.#gap();
      return 0;
    }
    if (this.#inGap && !this.#resume(ended)) return 0;
    if (!ended && (this.#bufferMinSamples < 0 || this.#available < this.#bufferMinSamples))
      this.#bufferMinSamples = this.#available;
    const step = 1 / this.#fadeSamples;
    const target = this.#available > this.#fadeSamples ? 1 : 0;
    this.#envelope += Math.max(-step, Math.min(step, target - this.#envelope));
    const sample = (this.#ring[this.#head] as number) * this.#envelope * this.#gain;
    this.#head = this.#head + 1 === this.#ring.length ? 0 : this.#head + 1;
    this.#available--;
    this.#playedSamples++;
    if (this.#audibleAtMs < 0 && Math.abs(sample) >= AUDIBLE_AMPLITUDE) this.#audibleAtMs = atMs;
    if (this.#available === 0 && ended) this.#finish(atMs + this.#msPerSample, false);
    return sample;
  }

  #gap(): void {
    this.#inGap = true;
    this.#envelope = 0;
    this.#currentGapSamples++;
  }

  /** Ends a gap when enough audio is back. Returns whether playback goes on. */
  #resume(ended: boolean): boolean {
    if (!ended && this.#available < this.#rearmSamples) {
      this.#currentGapSamples++;
      return false;
    }
    this.#underruns++;
    this.#gapSamples += this.#currentGapSamples;
    this.#deepestGapSamples = Math.max(this.#deepestGapSamples, this.#currentGapSamples);
    this.#currentGapSamples = 0;
    this.#inGap = false;
    return true;
  }

  #append(pcm: Float32Array): void {
    if (this.#available + pcm.length > this.#ring.length)
      throw new RangeError("more audio was sent than the device has room for");
    let index = (this.#head + this.#available) % this.#ring.length;
    for (const sample of pcm) {
      this.#ring[index] = sample;
      index = index + 1 === this.#ring.length ? 0 : index + 1;
    }
    this.#available += pcm.length;
  }

  #begin(generation: number): void {
    this.#generation = generation;
    this.#head = 0;
    this.#available = 0;
    this.#totalSamples = Number.POSITIVE_INFINITY;
    this.#started = false;
    this.#finished = false;
    this.#inGap = false;
    this.#envelope = 0;
    this.#playedSamples = 0;
    this.#underruns = 0;
    this.#gapSamples = 0;
    this.#currentGapSamples = 0;
    this.#deepestGapSamples = 0;
    this.#bufferMinSamples = -1;
    this.#sinceProgressSamples = 0;
    this.#audibleAtMs = -1;
    this.#finishedAtMs = -1;
    this.#audibleReported = false;
    this.#finishReported = false;
  }

  /** Drops what waits and keeps a faded tail of the next 5 ms, so that the cut is not a click. */
  #cutOff(nowMs: number): void {
    if (this.#finished) return;
    if (this.#started) {
      for (let index = 0; index < this.#fadeSamples; index++) {
        const fade = this.#envelope * this.#gain * (1 - index / this.#fadeSamples);
        const left = this.#tailIndex + index < this.#fadeSamples ? (this.#tail[this.#tailIndex + index] as number) : 0;
        const sample = index < this.#available ? (this.#ring[(this.#head + index) % this.#ring.length] as number) : 0;
        this.#tail[index] = left + sample * fade;
      }
      this.#tailIndex = 0;
    }
    this.#available = 0;
    this.#finish(nowMs, true);
  }

  #finish(atMs: number, flushed: boolean): void {
    this.#finished = true;
    this.#finishedAtMs = atMs;
    this.#flushed = flushed;
  }

  #slewGain(): void {
    const distance = this.#gainTarget - this.#gain;
    this.#gain =
      Math.abs(distance) <= this.#gainStep ? this.#gainTarget : this.#gain + Math.sign(distance) * this.#gainStep;
  }

  #counters() {
    return {
      generation: this.#generation,
      playedSamples: this.#playedSamples,
      bufferedSamples: this.#available,
      underruns: this.#underruns,
      gapSamples: this.#gapSamples,
      deepestGapSamples: this.#deepestGapSamples,
      bufferMinSamples: this.#bufferMinSamples,
    };
  }
}

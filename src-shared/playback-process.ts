import { AUDIBLE_AMPLITUDE } from "./audio-format.ts";
import { DepthHistogram } from "./depth-histogram.ts";
import { FadeTail } from "./fade-tail.ts";
import { SampleQueue } from "./sample-queue.ts";
import {
  noPlaybackCounters,
  type PlaybackCounters,
  type SpeakerCommand,
  type SpeakerReport,
} from "./speaker-protocol.ts";
import { TimeStretch } from "./time-stretch.ts";

const FADE_MS = 5;
const PROGRESS_MS = 40;
/** The fifth percentile of what waits is reported. */
const LOW_SHARE = 0.05;

/** Shape of a {@link PlaybackProcess}. */
export interface PlaybackProcessOptions {
  readonly sampleRateHz: number;
  /** Most audio that may wait at the device. The sender never sends more ahead of what was reported as played. */
  readonly capacitySamples: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The device side of the player: takes commands, fills output blocks, changes the tempo, counts gaps. Runs unchanged in the renderer's playback
 * worklet and in the player worker's native, file and null sinks, so every sink stutters, fades and counts alike.
 *
 * Every start fades in over 5 ms, and every stop (gap, pause, flush, end) fades out what was last heard, mirrored in time, so that no stop
 * takes a sample from the reply and none is a click. After a gap it waits for `start`. A gap counts as an underrun once audio resumes
 * after it; waiting for the end of a reply that has nothing left is not a gap. `process` and `takeReport` allocate nothing.
 */
export class PlaybackProcess {
  readonly #msPerSample: number;
  readonly #fadeSamples: number;
  readonly #progressSamples: number;
  readonly #queue: SampleQueue;
  readonly #stretch: TimeStretch;
  readonly #tail: FadeTail;
  readonly #depths: DepthHistogram;
  readonly #counters: Writable<PlaybackCounters>;
  readonly #progress: Writable<Extract<SpeakerReport, { kind: "progress" }>>;
  readonly #starvedReport: Writable<Extract<SpeakerReport, { kind: "starved" }>>;
  readonly #audible = { kind: "audible" as const, generation: 0, atMs: -1, outputLatencyMs: 0 };
  readonly #finish: Writable<Extract<SpeakerReport, { kind: "finished" }>>;
  #generation = 0;
  #firstSample = 0;
  #totalSamples = Number.POSITIVE_INFINITY;
  #state: "waiting" | "playing" | "starved" | "over" = "over";
  #paused = false;
  #slowBelow = 0;
  #hurryAbove = 0;
  #envelope = 0;
  #gain = 1;
  #gainTarget = 1;
  #gainStep = 0;
  /** Samples of the reply taken from the queue, less those that still wait in the stretcher. */
  #consumed = 0;
  #sincePlayed = 0;
  #currentGap = 0;
  #sinceProgress = 0;
  #news = { audible: false, starved: false, finished: false };

  constructor(options: PlaybackProcessOptions) {
    this.#msPerSample = 1000 / options.sampleRateHz;
    this.#fadeSamples = Math.round(FADE_MS / this.#msPerSample);
    this.#progressSamples = Math.round(PROGRESS_MS / this.#msPerSample);
    this.#queue = new SampleQueue(options.capacitySamples);
    this.#stretch = new TimeStretch(options.sampleRateHz);
    this.#tail = new FadeTail(this.#fadeSamples);
    this.#depths = new DepthHistogram(options.capacitySamples * this.#msPerSample, LOW_SHARE);
    this.#counters = noPlaybackCounters();
    this.#progress = { kind: "progress", ...noPlaybackCounters() };
    this.#starvedReport = { kind: "starved", ...noPlaybackCounters() };
    this.#finish = { kind: "finished", flushed: false, atMs: -1, ...noPlaybackCounters() };
  }

  /** The volume, 0 to 1, that the latest block ended with. */
  get gainRatio(): number {
    return this.#gain;
  }

  /** Applies one command. Commands of an older generation than the current one change nothing. */
  command(message: SpeakerCommand, nowMs: number): void {
    switch (message.kind) {
      case "gain":
        this.#gainTarget = message.ratio;
        this.#gainStep = Math.abs(message.ratio - this.#gain) / Math.max(1, message.rampMs / this.#msPerSample);
        return;
      case "begin":
        if (message.generation > this.#generation) this.#begin(message.generation, message.firstSample, nowMs);
        return;
      case "flush":
        if (message.generation >= this.#generation) this.#over(nowMs, true);
        return;
      default:
        if (message.generation === this.#generation && this.#state !== "over") this.#apply(message);
    }
  }

  /** Takes samples of the current reply. The array is not kept. */
  append(generation: number, pcm: Float32Array): void {
    if (generation === this.#generation && this.#state !== "over") this.#queue.append(pcm);
  }

  /** Fills one block. `startsAtMs`: epoch ms at which its first sample leaves the speaker, `outputLatencyMs` after it was rendered. */
  process(out: Float32Array, startsAtMs: number, outputLatencyMs = 0): void {
    if (this.#state === "playing" && this.#totalSamples === Number.POSITIVE_INFINITY && !this.#paused) {
      this.#depths.observe(this.#waiting * this.#msPerSample);
    }
    this.#audible.outputLatencyMs = outputLatencyMs;
    for (let from = 0; from < out.length;) from = this.#render(out, from, startsAtMs);
    this.#tail.remember(out);
    this.#sinceProgress += out.length;
  }

  /** The output itself fell silent for so long because it was not filled in time. Counts as a gap while something plays. */
  missed(ms: number): void {
    if (this.#state !== "playing" || this.#paused || this.#consumed === 0) return;
    const gapSamples = Math.round(ms / this.#msPerSample);
    this.#countGap(gapSamples);
    this.#sincePlayed += gapSamples;
  }

  /** Makes progress the next thing to tell, however little there was: for a device that plays no more. */
  tellPosition(): void {
    this.#sinceProgress = this.#progressSamples;
  }

  /** The next thing to tell the player, or undefined; its object is used again for the next one. Call until undefined after every command and block. */
  takeReport(): SpeakerReport | undefined {
    const news = this.#news;
    if (news.audible) {
      news.audible = false;
      return this.#audible;
    }
    if (news.starved) {
      news.starved = false;
      return Object.assign(this.#starvedReport, this.#count());
    }
    if (news.finished) {
      news.finished = false;
      return Object.assign(this.#finish, this.#count());
    }
    if (this.#state === "over" || this.#sinceProgress < this.#progressSamples) return undefined;
    this.#sinceProgress = 0;
    return Object.assign(this.#progress, this.#count());
  }

  #apply(message: Exclude<SpeakerCommand, { kind: "gain" | "begin" | "flush" }>): void {
    switch (message.kind) {
      case "pcm":
        return this.#queue.append(message.pcm);
      case "start":
        return this.#start();
      case "end":
        this.#totalSamples = message.totalSamples;
        return;
      case "pause":
        if (this.#state === "playing" && !this.#paused) this.#tail.start();
        this.#paused = true;
        return;
      case "resume":
        if (this.#paused) this.#envelope = 0;
        this.#paused = false;
        return;
      case "tempo":
        this.#slowBelow = message.slowBelowSamples;
        this.#hurryAbove = message.hurryAboveSamples;
    }
  }

  get #waiting(): number {
    return this.#queue.length + this.#stretch.pendingInputSamples;
  }

  get #ended(): boolean {
    return this.#firstSample + this.#consumed + this.#waiting >= this.#totalSamples;
  }

  /** Renders until something changes; returns the index behind the last sample written. */
  #render(out: Float32Array, from: number, startsAtMs: number): number {
    const atMs = startsAtMs + from * this.#msPerSample;
    if (this.#state === "starved" && this.#queue.length === 0 && this.#ended) this.#over(atMs, false);
    if (this.#state !== "playing" || this.#paused) return this.#renderSilence(out, from);
    if (this.#waiting === 0) {
      this.#tail.start(out, from);
      if (this.#ended) this.#over(atMs, false);
      else this.#starve();
      return from;
    }
    const before = this.#waiting;
    const count = this.#stretch.pendingSamples > 0 ? this.#takeSpliced(out, from) : this.#takePlain(out, from);
    if (count === 0) return from;
    this.#shape(out, from, count);
    if (this.#audible.atMs < 0) this.#listen(out, from, count, startsAtMs);
    this.#consumed += before - this.#waiting;
    this.#counters.elapsedSamples += this.#sincePlayed + count;
    this.#sincePlayed = 0;
    this.#tail.mix(out, from, count);
    if (this.#waiting === 0 && this.#ended) {
      this.#tail.start(out, from + count);
      this.#over(atMs + count * this.#msPerSample, false);
    }
    return from + count;
  }

  #renderSilence(out: Float32Array, from: number): number {
    const count = out.length - from;
    out.fill(0, from);
    this.#tail.mix(out, from, count);
    if (this.#consumed > 0 && this.#state !== "over") this.#sincePlayed += count;
    if (this.#state === "starved" && !this.#paused) this.#currentGap += count;
    return out.length;
  }

  #takeSpliced(out: Float32Array, from: number): number {
    return this.#stretch.take(out, from, out.length - from);
  }

  /** Takes samples as they are, or makes a splice and takes none. */
  #takePlain(out: Float32Array, from: number): number {
    const queue = this.#queue;
    const waits = queue.length;
    const slower = waits < this.#slowBelow;
    const faster = this.#hurryAbove > 0 && waits > this.#hurryAbove;
    let most = Math.min(out.length - from, waits);
    if ((slower || faster) && !this.#ended && waits >= this.#stretch.lookaheadSamples) {
      if (this.#stretch.untilNextSamples === 0) {
        this.#counters.stretchedSamples += this.#stretch.splice(queue, slower ? "slower" : "faster");
        return 0;
      }
      most = Math.min(most, this.#stretch.untilNextSamples);
    }
    queue.copy(out, from, 0, most);
    queue.drop(most);
    this.#stretch.passed(most);
    return most;
  }

  /** Fades in after a start and applies the gain. */
  #shape(out: Float32Array, from: number, count: number): void {
    if (this.#envelope === 1 && this.#gain === 1 && this.#gainTarget === 1) return;
    const step = 1 / this.#fadeSamples;
    for (let index = from; index < from + count; index++) {
      if (this.#envelope < 1) this.#envelope = Math.min(1, this.#envelope + step);
      if (this.#gain !== this.#gainTarget) this.#slewGain();
      out[index] = (out[index] as number) * this.#envelope * this.#gain;
    }
  }

  #listen(out: Float32Array, from: number, count: number, startsAtMs: number): void {
    for (let index = from; index < from + count; index++) {
      if (Math.abs(out[index] as number) < AUDIBLE_AMPLITUDE) continue;
      this.#audible.atMs = startsAtMs + index * this.#msPerSample;
      this.#news.audible = true;
      return;
    }
  }

  #starve(): void {
    this.#state = "starved";
    this.#currentGap = 0;
    this.#news.starved = true;
  }

  #start(): void {
    if (this.#state === "starved") {
      this.#countGap(this.#currentGap);
      this.#news.starved = false;
    }
    if (this.#state !== "playing") this.#envelope = 0;
    this.#state = "playing";
  }

  #countGap(samples: number): void {
    this.#counters.underruns++;
    this.#counters.gapSamples += samples;
    this.#counters.deepestGapSamples = Math.max(this.#counters.deepestGapSamples, samples);
  }

  #begin(generation: number, firstSample: number, nowMs: number): void {
    this.#over(nowMs, true);
    this.#generation = generation;
    this.#firstSample = firstSample;
    this.#totalSamples = Number.POSITIVE_INFINITY;
    this.#state = "waiting";
    this.#paused = false;
    this.#slowBelow = this.#hurryAbove = 0;
    this.#consumed = this.#sincePlayed = this.#currentGap = this.#sinceProgress = 0;
    this.#depths.clear();
    Object.assign(this.#counters, noPlaybackCounters());
    this.#counters.generation = this.#audible.generation = generation;
    this.#audible.atMs = -1;
    this.#news.audible = this.#news.starved = this.#news.finished = false;
  }

  /** The reply is over: what waits is dropped, and what was heard last fades out. */
  #over(atMs: number, flushed: boolean): void {
    if (this.#state === "over") return;
    if (flushed && this.#state === "playing" && !this.#paused) this.#tail.start();
    this.#count();
    this.#queue.clear();
    this.#stretch.reset();
    this.#state = "over";
    this.#finish.atMs = atMs;
    this.#finish.flushed = flushed;
    this.#news.starved = false;
    this.#news.finished = true;
  }

  #slewGain(): void {
    const distance = this.#gainTarget - this.#gain;
    this.#gain =
      Math.abs(distance) <= this.#gainStep ? this.#gainTarget : this.#gain + Math.sign(distance) * this.#gainStep;
  }

  #count(): PlaybackCounters {
    const counters = this.#counters;
    counters.playedSamples = this.#consumed;
    counters.positionSamples = this.#firstSample + this.#consumed;
    counters.bufferedSamples = this.#waiting;
    counters.bufferMinMs = this.#depths.minMs;
    counters.bufferMeanMs = this.#depths.meanMs;
    counters.bufferP05Ms = this.#depths.quantileMs;
    return counters;
  }
}

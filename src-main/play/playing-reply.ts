import { PLAYBACK_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import type { PcmRing } from "../../src-shared/pcm-ring.ts";
import { noPlaybackCounters, type PlaybackCounters } from "../../src-shared/speaker-protocol.ts";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";
import { LeadingSilence } from "./leading-silence.ts";
import { measureReply } from "./measure-reply.ts";
import type { SourceLedger } from "./source-ledger.ts";
import type { StartPolicy } from "./start-policy.ts";

const SAMPLES_PER_MS = PLAYBACK_RATE_HZ / 1000;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface ReplyTraits {
  readonly ledger: SourceLedger | undefined;
  readonly isLive: boolean;
}

/** What the player knows of the reply that it plays. Positions count samples of the reply from its first one. Player thread. */
export class PlayingReply {
  readonly generation: number;
  readonly policy: StartPolicy;
  readonly isLive: boolean;
  releasedAtMs: number | undefined;
  totalSamples: number | undefined;
  endIsAnnounced = false;
  isPaused = false;
  slowBelowSamples = 0;
  firstAudibleAtMs: number | undefined;
  outputLatencyMs: number | undefined;
  leftDeviceAtMs: number | undefined;
  readonly #requestedAtMs: number;
  readonly #ledger: SourceLedger | undefined;
  readonly #silence = new LeadingSilence();
  readonly #devices: { readonly name: string; readonly counters: Writable<PlaybackCounters> }[] = [];
  #state: "elsewhere" | "waiting" | "playing" | "starved" = "elsewhere";
  #positionSamples = 0;
  #sentSamples = 0;
  #receivedSamples = 0;
  #inRingFrom = 0;
  #scannedSamples = 0;
  #writes = 0;
  #lateWrites = 0;
  #firstWriteAtMs: number | undefined;
  #lastWriteAtMs: number | undefined;
  #startThresholdMs: number | undefined;

  constructor(generation: number, requestedAtMs: number, policy: StartPolicy, { ledger, isLive }: ReplyTraits) {
    this.generation = generation;
    this.#requestedAtMs = requestedAtMs;
    this.policy = policy;
    this.isLive = isLive;
    this.#ledger = ledger;
  }

  /** The sample that is heard next, as far as the device has said. */
  get positionSamples(): number {
    return this.#positionSamples;
  }

  get sentSamples(): number {
    return this.#sentSamples;
  }

  get receivedSamples(): number {
    return this.#receivedSamples;
  }

  /** All of the reply is there. */
  get hasArrived(): boolean {
    return this.totalSamples !== undefined && this.#receivedSamples >= this.totalSamples;
  }

  get isAtDevice(): boolean {
    return this.#state !== "elsewhere";
  }

  get isPlaying(): boolean {
    return this.#state === "playing";
  }

  /** Audio that was ready when playback started; undefined before. */
  get startThresholdMs(): number | undefined {
    return this.#startThresholdMs;
  }

  get wasStarted(): boolean {
    return this.#startThresholdMs !== undefined;
  }

  /** Whether the silence at the beginning has been looked at. */
  get beginningIsKnown(): boolean {
    return this.#silence.isOver;
  }

  /** What the current or latest device counted. */
  get counters(): PlaybackCounters {
    return this.#devices.at(-1)?.counters ?? NO_COUNTERS;
  }

  /** Takes note of what has arrived. */
  observe(ring: PcmRing, nowMs: number): void {
    const received = this.#inRingFrom + ring.waitingSamples;
    if (received === this.#receivedSamples) return;
    if (this.totalSamples !== undefined && received > this.totalSamples) return this.#countLate(ring);
    this.#receivedSamples = received;
    this.#writes = ring.writes;
    if (ring.expectedSamples > 0) this.policy.expect(samplesToMs(ring.expectedSamples, PLAYBACK_RATE_HZ));
    if (!Number.isNaN(ring.lastWriteAtMs)) {
      this.#firstWriteAtMs ??= ring.firstWriteAtMs;
      this.#lastWriteAtMs = ring.lastWriteAtMs;
    }
    this.policy.arrived(Math.round(received / SAMPLES_PER_MS), nowMs);
  }

  /** Pieces that came although the source had said that there are no more are counted and not played. */
  #countLate(ring: PcmRing): void {
    this.#lateWrites = ring.writes - this.#writes;
  }

  /** Looks through the silence at the beginning, and lets go of what of it is too long. */
  findBeginning(ring: PcmRing, piece: Float32Array): void {
    const silence = this.#silence;
    while (!silence.isOver) {
      const count = ring.peek(piece, this.#scannedSamples, piece.length);
      if (count > 0) silence.look(piece, count);
      else if (this.hasArrived) silence.end();
      else return;
      this.#scannedSamples += count;
      if (silence.isOver) this.#positionSamples = this.#sentSamples = silence.trimSamples;
    }
  }

  /** Copies the next samples to send; returns how many. */
  nextPiece(ring: PcmRing, piece: Float32Array, most: number): number {
    const left = this.#receivedSamples - this.#sentSamples;
    const count = ring.peek(piece, this.#sentSamples - this.#inRingFrom, Math.min(most, left));
    this.#sentSamples += count;
    return count;
  }

  /** A device takes the reply over, from the sample that is next. */
  enterDevice(name: string): void {
    this.#state = "waiting";
    this.#sentSamples = this.#positionSamples;
    this.endIsAnnounced = false;
    this.slowBelowSamples = 0;
    this.leftDeviceAtMs = undefined;
    this.#devices.push({ name, counters: { ...NO_COUNTERS } });
  }

  leaveDevice(atMs: number): void {
    this.#state = "elsewhere";
    this.leftDeviceAtMs = atMs;
  }

  mayStart(nowMs: number): boolean {
    if (this.releasedAtMs === undefined || this.#state === "playing") return false;
    return this.hasArrived || this.policy.isReady(this.#waitingMs, nowMs);
  }

  start(): void {
    this.#state = "playing";
    this.#startThresholdMs ??= this.#waitingMs;
  }

  starve(): void {
    this.#state = "starved";
    this.policy.starved();
  }

  /** Takes over what the device counted; what was heard need not be kept any longer. Returns the length of a gap that is over, in samples. */
  heard(ring: PcmRing, counters: PlaybackCounters): number {
    const current = this.#devices.at(-1);
    if (!current) return 0;
    const gapSamples = counters.gapSamples - current.counters.gapSamples;
    for (const name of COUNTER_NAMES) current.counters[name] = counters[name];
    this.#positionSamples = counters.positionSamples;
    if (ring.generation === this.generation) {
      ring.skip(this.#positionSamples - this.#inRingFrom);
      this.#inRingFrom = this.#positionSamples;
    }
    return gapSamples;
  }

  measure(): StreamMetrics {
    return measureReply({
      requestedAtMs: this.#requestedAtMs,
      firstWriteAtMs: this.#firstWriteAtMs,
      lastWriteAtMs: this.#lastWriteAtMs,
      firstAudibleAtMs: this.firstAudibleAtMs,
      outputLatencyMs: this.outputLatencyMs,
      leadingSilenceSamples: this.#silence.isOver ? this.#silence.samples : undefined,
      startThresholdMs: this.#startThresholdMs,
      receivedSamples: this.#receivedSamples,
      writes: this.#writes,
      lateWrites: this.#lateWrites,
      tally: this.#ledger?.read(),
      devices: this.#devices,
    });
  }

  get #waitingMs(): number {
    return samplesToMs(this.#receivedSamples - this.#positionSamples, PLAYBACK_RATE_HZ);
  }
}

const NO_COUNTERS = noPlaybackCounters();
const COUNTER_NAMES = Object.keys(NO_COUNTERS) as (keyof PlaybackCounters)[];

import { msToSamples, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { PlaybackProcess } from "../../src-shared/playback-process.ts";
import type { SpeakerCommand, SpeakerReport } from "../../src-shared/speaker-protocol.ts";
import { seededRandom, type Random } from "../../test/play/decode/seeded-random.ts";

/** What came out, and what was done to it. */
export interface InterruptedPlayback {
  readonly output: Float32Array;
  readonly gaps: number;
  readonly pauses: number;
  readonly flushes: number;
  readonly tempoChanges: number;
  readonly gainRamps: number;
  readonly stretchedSamples: number;
}

/** Device blocks: the worklet's, one shorter than a fade, the other sinks', and a long one. */
const BLOCK_SAMPLES = [128, 100, 240, 480];
const SHORTEST_RAMP_MS = 20;

/**
 * Plays a signal while everything that may happen to playback happens at random: gaps in the supply, pauses, flushes, ends, changes of tempo and
 * of gain, several of them in one block too. The same seed does the same.
 */
export function playInterrupted(signal: Float32Array, seed: number): InterruptedPlayback {
  return new Interruptions(signal, seed).play();
}

class Interruptions {
  readonly #signal: Float32Array;
  readonly #random: Random;
  readonly #process: PlaybackProcess;
  readonly #block: Float32Array;
  readonly #output: Float32Array;
  readonly #interruptionsPerSecond: number;
  readonly #counts = { gaps: 0, pauses: 0, flushes: 0, tempoChanges: 0, gainRamps: 0, stretchedSamples: 0 };
  #rendered = 0;
  #supplied = 0;
  #generation = 0;
  #generationStart = 0;
  #isFlowing = true;
  #isPaused = false;
  #awaitsStart = true;

  constructor(signal: Float32Array, seed: number) {
    this.#signal = signal;
    this.#random = seededRandom(seed);
    this.#block = new Float32Array(BLOCK_SAMPLES[seed % BLOCK_SAMPLES.length] as number);
    this.#interruptionsPerSecond = 1 + this.#random.below(12);
    this.#output = new Float32Array(2 * signal.length);
    this.#process = new PlaybackProcess({ sampleRateHz: PLAYBACK_RATE_HZ, capacitySamples: signal.length });
  }

  play(): InterruptedPlayback {
    this.#begin();
    while (this.#rendered + this.#block.length <= this.#output.length) {
      this.#supply();
      while (this.#happens(this.#interruptionsPerSecond)) this.#interrupt();
      if (this.#awaitsStart && this.#isFlowing && this.#happens(10)) this.#start();
      this.#process.process(this.#block, this.#nowMs);
      this.#output.set(this.#block, this.#rendered);
      this.#rendered += this.#block.length;
      for (let report = this.#process.takeReport(); report; report = this.#process.takeReport()) this.#take(report);
    }
    return { output: this.#output.subarray(0, this.#rendered), ...this.#counts };
  }

  get #nowMs(): number {
    return (this.#rendered * 1000) / PLAYBACK_RATE_HZ;
  }

  /** True `perSecond` times in a second of device time, on average. */
  #happens(perSecond: number): boolean {
    return this.#random.chance((perSecond * this.#block.length) / PLAYBACK_RATE_HZ);
  }

  #command(message: SpeakerCommand): void {
    this.#process.command(message, this.#nowMs);
  }

  #begin(): void {
    this.#generation++;
    this.#generationStart = this.#supplied;
    this.#isPaused = false;
    this.#awaitsStart = true;
    this.#command({ kind: "begin", generation: this.#generation, firstSample: 0 });
  }

  #start(): void {
    this.#awaitsStart = false;
    this.#command({ kind: "start", generation: this.#generation });
  }

  /** Faster than real time while it flows, so that much waits at times, and little or nothing at others. */
  #supply(): void {
    if (this.#happens(1)) this.#isFlowing = !this.#isFlowing;
    if (!this.#isFlowing) return;
    const end = this.#supplied + this.#random.below(6 * this.#block.length);
    const pcm = this.#signal.subarray(this.#supplied, end);
    this.#supplied += pcm.length;
    this.#process.append(this.#generation, pcm);
  }

  #interrupt(): void {
    const [random, generation] = [this.#random, this.#generation];
    switch (random.below(12)) {
      case 0:
        this.#counts.flushes++;
        this.#command({ kind: "flush", generation });
        return;
      case 1:
        return this.#begin();
      case 2:
        this.#command({ kind: "end", generation, totalSamples: this.#supplied - this.#generationStart });
        this.#isFlowing = false;
        return;
      case 3:
      case 4:
      case 5:
        this.#isPaused = !this.#isPaused;
        if (this.#isPaused) this.#counts.pauses++;
        this.#command({ kind: this.#isPaused ? "pause" : "resume", generation });
        return;
      case 6:
      case 7:
        this.#counts.gainRamps++;
        this.#command({
          kind: "gain",
          ratio: random.chance(0.6) ? 1 : random.next(),
          rampMs: SHORTEST_RAMP_MS + random.below(200),
        });
        return;
      default:
        this.#counts.tempoChanges++;
        this.#command({ kind: "tempo", generation, ...this.#tempo() });
    }
  }

  #tempo(): { slowBelowSamples: number; hurryAboveSamples: number } {
    const samples = msToSamples(this.#random.below(1_000), PLAYBACK_RATE_HZ);
    const kind = this.#random.below(3);
    return { slowBelowSamples: kind === 0 ? samples : 0, hurryAboveSamples: kind === 1 ? samples : 0 };
  }

  #take(report: SpeakerReport): void {
    if (report.kind === "starved") {
      this.#counts.gaps++;
      this.#awaitsStart = true;
    } else if (report.kind === "finished" && report.generation === this.#generation) {
      this.#counts.stretchedSamples += report.stretchedSamples;
      this.#begin();
    }
  }
}

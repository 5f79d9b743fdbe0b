import {
  CAPTURE_FRAME_SAMPLES,
  CAPTURE_RATE_HZ,
  FRAME_MS,
  RECOGNITION_FRAME_SAMPLES,
  RECOGNITION_RATE_HZ,
  samplesToMs,
} from "../../src-shared/audio-format.ts";
import type { MicrophoneFrame } from "../../src-shared/assistant-contract.ts";
import { StreamingResampler } from "../streaming-resampler.ts";

/**
 * Frames lost up to this length are filled with silence; after a longer gap, as when the machine slept, the stream begins anew. A step back of
 * less is a clock put right.
 */
const LONGEST_FILLED_GAP_MS = 2_000;
/** Silence at the beginning of a stream that begins anew, so that nobody who looks back from there finds what was before. */
const BREAK_SILENCE_FRAMES = 20;
/** Clocks and capture jitter by less than this. */
const GAP_MS = FRAME_MS * 1.5;
/**
 * Silence put before the stream, so that every microphone frame completes a frame at once although the resampler holds 20 samples back.
 * Without it each frame would wait for the next one: 31 ms.
 */
const LEAD_SAMPLES = 24;

/** What the intake counted. */
export interface IntakeCounters {
  /** Frames of the wrong shape, left out. */
  readonly malformedFrames: number;
  /** Samples that were not finite numbers, replaced by silence. */
  readonly repairedSamples: number;
  /** Frames that never came, filled with silence. */
  readonly filledFrames: number;
  /** Times the stream began anew, after a long gap or a long step back. */
  readonly breaks: number;
}

/** Who gets what a {@link MicrophoneIntake} makes of the frames. */
export interface IntakeListener {
  /** RECOGNITION_FRAME_SAMPLES samples that it may keep, and the time just after the last of them. */
  readonly onFrame: (pcm16: Float32Array, endedAtMs: number) => void;
  /** What comes next does not follow what came before, which ended at `endedAtMs`. */
  readonly onBreak: (endedAtMs: number) => void;
}

/**
 * Takes microphone frames as they come and gives out frames for detection and recognition: checked, without gaps, at 16 kHz, one for one.
 * The time of a frame is that of its samples, which end 1.5 ms before those of the microphone frame that completed it. Main thread, about
 * 0.1 ms a frame.
 */
export class MicrophoneIntake {
  readonly #listener: IntakeListener;
  readonly #resampler: StreamingResampler;
  readonly #frame = new Float32Array(RECOGNITION_FRAME_SAMPLES);
  #filled = LEAD_SAMPLES;
  #lastEndedAtMs: number | undefined;
  #malformedFrames = 0;
  #repairedSamples = 0;
  #filledFrames = 0;
  #breaks = 0;

  private constructor(resampler: StreamingResampler, listener: IntakeListener) {
    this.#resampler = resampler;
    this.#listener = listener;
  }

  static async create(listener: IntakeListener): Promise<MicrophoneIntake> {
    return new MicrophoneIntake(await StreamingResampler.create(CAPTURE_RATE_HZ, RECOGNITION_RATE_HZ), listener);
  }

  get counters(): IntakeCounters {
    return {
      malformedFrames: this.#malformedFrames,
      repairedSamples: this.#repairedSamples,
      filledFrames: this.#filledFrames,
      breaks: this.#breaks,
    };
  }

  /** End of the latest frame; undefined before the first. */
  get heardUntilMs(): number | undefined {
    return this.#lastEndedAtMs;
  }

  accept({ pcm, endedAtMs }: MicrophoneFrame): void {
    if (pcm.length !== CAPTURE_FRAME_SAMPLES || !Number.isFinite(endedAtMs)) {
      this.#malformedFrames++;
      return;
    }
    this.#closeGapBefore(endedAtMs);
    this.#lastEndedAtMs = endedAtMs;
    this.#resample(this.#repair(pcm), endedAtMs);
  }

  #closeGapBefore(endedAtMs: number): void {
    const lastEndedAtMs = this.#lastEndedAtMs ?? endedAtMs - FRAME_MS;
    const gapMs = endedAtMs - FRAME_MS - lastEndedAtMs;
    if (gapMs < GAP_MS && gapMs > -LONGEST_FILLED_GAP_MS) return;
    if (gapMs < 0 || gapMs > LONGEST_FILLED_GAP_MS) {
      this.#breaks++;
      this.#listener.onBreak(lastEndedAtMs);
      this.#fill(BREAK_SILENCE_FRAMES, endedAtMs);
    } else {
      const missing = Math.floor(gapMs / FRAME_MS);
      this.#filledFrames += missing;
      this.#fill(missing, endedAtMs);
    }
  }

  #fill(frames: number, untilMs: number): void {
    for (let ahead = frames; ahead > 0; ahead--)
      this.#resample(new Float32Array(CAPTURE_FRAME_SAMPLES), untilMs - ahead * FRAME_MS);
  }

  #repair(pcm: Float32Array): Float32Array {
    if (pcm.every(Number.isFinite)) return pcm;
    return pcm.map((sample) => {
      if (Number.isFinite(sample)) return sample;
      this.#repairedSamples++;
      return 0;
    });
  }

  /** Each input frame brings 512 samples; only the first brings fewer, for which the lead makes up. */
  #resample(pcm: Float32Array, endedAtMs: number): void {
    const samples = this.#resampler.process(pcm);
    const fitting = Math.min(samples.length, this.#frame.length - this.#filled);
    this.#frame.set(samples.subarray(0, fitting), this.#filled);
    this.#filled += fitting;
    if (this.#filled < this.#frame.length) return;
    const rest = samples.subarray(fitting);
    const laterMs = samplesToMs(rest.length + this.#resampler.heldSamples, RECOGNITION_RATE_HZ);
    this.#listener.onFrame(this.#frame.slice(), endedAtMs - laterMs);
    this.#frame.set(rest);
    this.#filled = rest.length;
  }
}

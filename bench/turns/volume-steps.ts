import { findIn } from "../../test/e2e/rig/analysis.ts";

const STEP_MS = 10;
/** The recording is laid over the undisturbed sound anew in every window of so many steps: sound cards and browsers slip. */
const WINDOW_STEPS = 10;
/** A slip between two windows is mostly less than this, and never more than that. */
const USUAL_SLIP_MS = 25;
const MOST_SLIP_MS = 400;
/** Periods of a voice are like each other: a great slip must fit better. */
const LEAST_CORRELATION_FAR = 0.97;
/** What is less like the undisturbed sound than this is a gap, or something else. */
const LEAST_CORRELATION = 0.9;
const SEARCHES = [
  [USUAL_SLIP_MS, LEAST_CORRELATION],
  [MOST_SLIP_MS, LEAST_CORRELATION_FAR],
] as const;
/** Where the undisturbed sound is quieter than this mean square, its volume cannot be told. */
const LEAST_POWER = 1e-6;
/** The sound is softer when so many steps in a row are. */
const SOFTER_STEPS = 3;

/** The volume of 10 ms of a recording. */
export interface VolumeStep {
  /** From the beginning of the recording. */
  readonly atMs: number;
  /** Against the undisturbed sound; at least -60. */
  readonly ratioDb: number;
}

/**
 * The volume of a recording over time, against the same sound undisturbed, which begins about `shiftSamples` later. Slips of the recording
 * are followed. Steps in which the undisturbed sound is all but silent, or the recording is not that sound, are left out: a gap tells nothing.
 */
export function volumeSteps(
  recording: Float32Array,
  undisturbed: Float32Array,
  shiftSamples: number,
  rateHz: number,
): VolumeStep[] {
  const length = (STEP_MS * rateHz) / 1000;
  const shifts = findShifts(recording, undisturbed, shiftSamples, rateHz);
  const steps: VolumeStep[] = [];
  for (let from = 0; from + length <= recording.length; from += length) {
    const window = Math.floor(from / length / WINDOW_STEPS);
    // A slip is anywhere in its window: the sound may still be where it was, or already be where it will be.
    const nearby = new Set(shifts.slice(Math.max(0, window - 1), window + 2));
    const step = recording.subarray(from, from + length);
    const ratios = [...nearby].map((shift) => volumeOf(step, undisturbed, from - shift));
    const ratio = Math.max(...ratios.filter((one) => one !== undefined));
    if (ratio > 0) steps.push({ atMs: (from * 1000) / rateHz, ratioDb: Math.max(-60, 20 * Math.log10(ratio)) });
  }
  return steps;
}

/** The instants at which the volume falls to `limitDb` or less and stays there for 30 ms. */
export function findDucks(steps: readonly VolumeStep[], limitDb: number): number[] {
  const ducks: number[] = [];
  let softSteps = 0;
  let lastAtMs = 0;
  for (const { atMs, ratioDb } of steps) {
    const isSoft = ratioDb <= limitDb;
    softSteps = isSoft ? (softSteps > 0 && atMs - lastAtMs > STEP_MS ? 1 : softSteps + 1) : 0;
    lastAtMs = atMs;
    if (softSteps === SOFTER_STEPS) ducks.push(atMs - (SOFTER_STEPS - 1) * STEP_MS);
  }
  return ducks;
}

/** By how much the undisturbed sound begins later, for every window. */
function findShifts(
  recording: Float32Array,
  undisturbed: Float32Array,
  shiftSamples: number,
  rateHz: number,
): number[] {
  const length = (WINDOW_STEPS * STEP_MS * rateHz) / 1000;
  const shifts: number[] = [];
  let shift = shiftSamples;
  for (let from = 0; from < recording.length; from += length) {
    const template = recording.subarray(from, from + length);
    for (const [slipMs, least] of SEARCHES) {
      const begin = Math.max(0, from - shift - (slipMs * rateHz) / 1000);
      const searched = undisturbed.subarray(begin, Math.max(begin, from - shift + length + (slipMs * rateHz) / 1000));
      if (searched.length < template.length) continue;
      const { offsetSamples, correlation } = findIn(searched, template);
      if (correlation < least) continue;
      shift = from - begin - offsetSamples;
      break;
    }
    shifts.push(shift);
  }
  return shifts;
}

/** The ratio of amplitudes of a step to the undisturbed sound from `from` on; undefined when they are not alike or it is silent. */
function volumeOf(step: Float32Array, undisturbed: Float32Array, from: number): number | undefined {
  let [power, reference, product] = [0, 0, 0];
  for (let index = 0; index < step.length; index++) {
    const [heard, undisturbedSample] = [step[index] as number, undisturbed[from + index] ?? 0];
    power += heard * heard;
    reference += undisturbedSample * undisturbedSample;
    product += heard * undisturbedSample;
  }
  if (reference < LEAST_POWER * step.length || product < LEAST_CORRELATION * Math.sqrt(power * reference))
    return undefined;
  return Math.sqrt(power / reference);
}

const STEP_MS = 10;
/** Where the undisturbed sound is quieter than this mean square, its volume cannot be told. */
const LEAST_POWER = 1e-5;

/** The volume of 10 ms of a recording. */
export interface VolumeStep {
  /** From the beginning of the recording. */
  readonly atMs: number;
  /** Against the undisturbed sound; at least -60. */
  readonly ratioDb: number;
}

/**
 * The volume of a recording over time, against the same sound undisturbed, which begins `shiftSamples` later. Steps in which the undisturbed
 * sound is all but silent are left out.
 */
export function volumeSteps(
  recording: Float32Array,
  undisturbed: Float32Array,
  shiftSamples: number,
  rateHz: number,
): VolumeStep[] {
  const length = (STEP_MS * rateHz) / 1000;
  const steps: VolumeStep[] = [];
  for (let from = 0; from + length <= recording.length; from += length) {
    let [product, power] = [0, 0];
    for (let index = from; index < from + length; index++) {
      const reference = undisturbed[index - shiftSamples] ?? 0;
      product += reference * (recording[index] as number);
      power += reference * reference;
    }
    if (power / length < LEAST_POWER) continue;
    const ratio = Math.max(0.001, product / power);
    steps.push({ atMs: (from * 1000) / rateHz, ratioDb: 20 * Math.log10(ratio) });
  }
  return steps;
}

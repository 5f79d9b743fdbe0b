/** Copies samples to `target` from `offset` on as a model may see them: in [-1, 1], and 0 for those that are not finite. Pure but for `target`. */
export function copyClean(samples: Float32Array, target: Float32Array, offset: number): void {
  for (let n = 0; n < samples.length; n++) {
    const sample = samples[n] as number;
    target[offset + n] = Number.isFinite(sample) ? Math.max(-1, Math.min(1, sample)) : 0;
  }
}

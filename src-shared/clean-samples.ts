/** The samples themselves where all are numbers; else a copy in which those that are not finite are silent. Pure. */
export function finiteSamples(samples: Float32Array): Float32Array {
  return samples.every(Number.isFinite) ? samples : samples.map((sample) => (Number.isFinite(sample) ? sample : 0));
}

/** The same in [-1, 1], as a copy. Pure. */
export function cleanSamples(samples: Float32Array): Float32Array {
  const target = new Float32Array(samples.length);
  copyClean(samples, target, 0);
  return target;
}

/** Copies samples to `target` from `offset` on as a model may see them: in [-1, 1], and 0 for those that are not finite. Pure but for `target`. */
export function copyClean(samples: Float32Array, target: Float32Array, offset: number): void {
  for (let n = 0; n < samples.length; n++) {
    const sample = samples[n] as number;
    target[offset + n] = Number.isFinite(sample) ? Math.max(-1, Math.min(1, sample)) : 0;
  }
}

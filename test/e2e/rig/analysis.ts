const SILENCE_DB = -120;

/** Level of samples in dB below full scale (a full-scale square wave is 0); -120 for silence. */
export function levelDb(pcm: Float32Array): number {
  let energy = 0;
  for (const sample of pcm) energy += sample * sample;
  return pcm.length === 0 ? SILENCE_DB : Math.max(SILENCE_DB, 10 * Math.log10(energy / pcm.length + 1e-30));
}

/** Level of each `stepMs` of samples, in dB below full scale. An incomplete last step is left out. */
export function envelopeDb(pcm: Float32Array, rateHz: number, stepMs = 20): Float32Array {
  const step = Math.round((rateHz * stepMs) / 1000);
  const out = new Float32Array(Math.floor(pcm.length / step));
  for (let index = 0; index < out.length; index++) out[index] = levelDb(pcm.subarray(index * step, (index + 1) * step));
  return out;
}

/** A stretch of time in a recording. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** Stretches louder than `thresholdDb`, in steps of 10 ms. Pauses up to `longestPauseMs` do not end a stretch. */
export function soundingSpans(pcm: Float32Array, rateHz: number, thresholdDb: number, longestPauseMs: number): Span[] {
  const spans: { startMs: number; endMs: number }[] = [];
  envelopeDb(pcm, rateHz, 10).forEach((db, index) => {
    if (db <= thresholdDb) return;
    const last = spans.at(-1);
    if (last && index * 10 - last.endMs <= longestPauseMs) last.endMs = index * 10 + 10;
    else spans.push({ startMs: index * 10, endMs: index * 10 + 10 });
  });
  return spans;
}

/** When sound begins: the first 10 ms step of the first stretch that is louder than `thresholdDb` for at least `leastMs`. */
export function onsetMs(pcm: Float32Array, rateHz: number, thresholdDb: number, leastMs = 30): number | undefined {
  return soundingSpans(pcm, rateHz, thresholdDb, 0).find(({ startMs, endMs }) => endMs - startMs >= leastMs)?.startMs;
}

/** Runs of exact zeros of at least `leastMs` between the first and the last sample that is not zero: what an underrun leaves behind. */
export function silentGaps(pcm: Float32Array, rateHz: number, leastMs: number): Span[] {
  const leastSamples = (leastMs * rateHz) / 1000;
  const gaps: Span[] = [];
  let lastSounding = -1;
  pcm.forEach((sample, index) => {
    if (sample === 0) return;
    if (lastSounding >= 0 && index - lastSounding - 1 >= leastSamples) {
      gaps.push({ startMs: ((lastSounding + 1) * 1000) / rateHz, endMs: (index * 1000) / rateHz });
    }
    lastSounding = index;
  });
  return gaps;
}

/** Where a template lies in a recording, and how alike they are there: 1 is the same shape at any volume. */
export interface Match {
  readonly offsetSamples: number;
  readonly correlation: number;
}

/** Finds the best place of `template` in `recording`, which is at least as long, by normalized cross-correlation. */
export function findIn(recording: Float32Array, template: Float32Array): Match {
  const products = crossCorrelate(recording, template);
  const templateEnergy = energyOf(template);
  let windowEnergy = energyOf(recording.subarray(0, template.length));
  let best: Match = { offsetSamples: 0, correlation: -1 };
  for (let offset = 0; offset + template.length <= recording.length; offset++) {
    const scale = Math.sqrt(Math.max(windowEnergy, 1e-9) * templateEnergy);
    const correlation = scale === 0 ? 0 : (products[offset] as number) / scale;
    if (correlation > best.correlation) best = { offsetSamples: offset, correlation };
    windowEnergy += (recording[offset + template.length] ?? 0) ** 2 - (recording[offset] as number) ** 2;
  }
  return best;
}

/** Finds each piece of `samples` of a sound on its own, so that holes in the recording spoil only the pieces that they are in. */
export function findPieces(
  recording: Float32Array,
  sound: Float32Array,
  samples: number,
): readonly (Match & { readonly startSample: number })[] {
  const count = Math.floor(sound.length / samples);
  return Array.from({ length: count }, (_, index) => {
    const startSample = index * samples;
    return { startSample, ...findIn(recording, sound.subarray(startSample, startSample + samples)) };
  });
}

/**
 * Finds a sound by the shape of its loudness alone, in windows of 50 ms every 10 ms: survives filtering and small slips of time. Other
 * speech reaches correlations of 0.75.
 */
export function findByLoudness(recording: Float32Array, template: Float32Array, rateHz: number): Match {
  const [long, short] = [loudness(recording, rateHz), loudness(template, rateHz)];
  let best: Match = { offsetSamples: 0, correlation: -1 };
  for (let offset = 0; offset + short.length <= long.length; offset++) {
    const correlation = correlationOf(long.subarray(offset, offset + short.length), short);
    if (correlation > best.correlation) best = { offsetSamples: (offset * rateHz) / 100, correlation };
  }
  return best;
}

/** Correlation coefficient of two arrays of the same length, in [-1, 1]; 0 when one of them is constant. */
export function correlationOf(a: Float32Array, b: Float32Array): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [product, energyA, energyB] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    const [x, y] = [(a[index] as number) - meanA, (b[index] as number) - meanB];
    product += x * y;
    energyA += x * x;
    energyB += y * y;
  }
  const scale = Math.sqrt(energyA * energyB);
  return scale === 0 ? 0 : product / scale;
}

/** Median of numbers; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** Level of 50 ms every 10 ms, in dB below full scale; what is below -70 is room noise and counts as that. */
function loudness(pcm: Float32Array, rateHz: number): Float32Array {
  const [hop, window] = [rateHz / 100, rateHz / 20];
  const out = new Float32Array(Math.max(0, Math.floor((pcm.length - window) / hop) + 1));
  for (let index = 0; index < out.length; index++) {
    out[index] = Math.max(-70, levelDb(pcm.subarray(index * hop, index * hop + window)));
  }
  return out;
}

/** Sum over n of recording[offset + n] * template[n] for every offset, through the frequency domain. */
function crossCorrelate(recording: Float32Array, template: Float32Array): Float64Array {
  const size = 2 ** Math.ceil(Math.log2(recording.length + template.length));
  const [a, b] = [transformed(recording, size), transformed(template, size)];
  for (let index = 0; index < size; index++) {
    const [ar, ai, br, bi] = [a.re[index], a.im[index], b.re[index], b.im[index]] as [number, number, number, number];
    a.re[index] = ar * br + ai * bi;
    a.im[index] = ar * bi - ai * br;
  }
  fourier(a.re, a.im);
  return a.re.map((value) => value / size);
}

function transformed(pcm: Float32Array, size: number): { re: Float64Array; im: Float64Array } {
  const [re, im] = [new Float64Array(size), new Float64Array(size)];
  re.set(pcm);
  fourier(re, im);
  return { re, im };
}

/**
 * Radix-2 Fourier transform in place. Applied to the conjugated spectrum it is its own inverse up to the scale, and the real part, which is
 * all that is used of it, does not know the difference.
 */
function fourier(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  for (let index = 1, mirror = 0; index < size; index++) {
    let bit = size >> 1;
    for (; mirror & bit; bit >>= 1) mirror ^= bit;
    mirror ^= bit;
    if (index < mirror) {
      [re[index], re[mirror]] = [re[mirror] as number, re[index] as number];
      [im[index], im[mirror]] = [im[mirror] as number, im[index] as number];
    }
  }
  for (let half = 1; half < size; half *= 2) {
    for (let step = 0; step < half; step++) {
      const angle = (-Math.PI * step) / half;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      for (let low = step; low < size; low += 2 * half) {
        const high = low + half;
        const real = (re[high] as number) * cos - (im[high] as number) * sin;
        const imaginary = (re[high] as number) * sin + (im[high] as number) * cos;
        re[high] = (re[low] as number) - real;
        im[high] = (im[low] as number) - imaginary;
        re[low] = (re[low] as number) + real;
        im[low] = (im[low] as number) + imaginary;
      }
    }
  }
}

function energyOf(pcm: Float32Array): number {
  let energy = 0;
  for (const sample of pcm) energy += sample * sample;
  return energy;
}

function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

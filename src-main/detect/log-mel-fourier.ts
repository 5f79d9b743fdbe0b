/** Length of the transform in samples. */
export const FOURIER_SAMPLES = 400;

/** Complex numbers, the real parts and the imaginary parts. */
export interface ComplexArrays {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Joins transforms of `length` numbers into one of several times the length. `stride`: numbers between two bins of the longer one. */
type Stage = (from: ComplexArrays, to: ComplexArrays, length: number, stride: number) => void;

const cosine = Float64Array.from({ length: FOURIER_SAMPLES }, (_, k) => Math.cos((2 * Math.PI * k) / FOURIER_SAMPLES));
const sine = Float64Array.from({ length: FOURIER_SAMPLES }, (_, k) => -Math.sin((2 * Math.PI * k) / FOURIER_SAMPLES));
const FIFTH = FOURIER_SAMPLES / 5;
const [COS_1, COS_2] = [cosine[FIFTH]!, cosine[2 * FIFTH]!];
const [SIN_1, SIN_2] = [sine[FIFTH]!, sine[2 * FIFTH]!];
const STAGES: readonly (readonly [radix: number, join: Stage])[] = [
  [4, joinFour],
  [4, joinFour],
  [5, joinFive],
  [5, joinFive],
];

/**
 * Discrete Fourier transforms of 400 complex numbers, `count` of them at a time. Number n of transform b lies at `n * count + b`, before and
 * after. Both arrays are overwritten, and the one returned holds the spectra.
 *
 * After each stage the array holds the transforms of the samples' interleaved parts, bin after bin; the innermost loop of a stage runs over
 * memory in order.
 */
export function transformFourier(input: ComplexArrays, scratch: ComplexArrays, count: number): ComplexArrays {
  let [from, to] = [input, scratch];
  let length = 1;
  for (const [radix, join] of STAGES) {
    join(from, to, length, (FOURIER_SAMPLES / (length * radix)) * count);
    [from, to] = [to, from];
    length *= radix;
  }
  return from;
}

function joinFour(from: ComplexArrays, to: ComplexArrays, length: number, stride: number): void {
  const { re: x, im: y } = from;
  const { re: u, im: v } = to;
  const quarter = length * stride;
  for (let bin = 0; bin < length; bin++) {
    const turn = (bin * FOURIER_SAMPLES) / (4 * length);
    const c1 = cosine[turn]!;
    const c2 = cosine[2 * turn]!;
    const c3 = cosine[3 * turn]!;
    const s1 = sine[turn]!;
    const s2 = sine[2 * turn]!;
    const s3 = sine[3 * turn]!;
    for (let n = 0; n < stride; n++) {
      const a = 4 * bin * stride + n;
      const b = a + stride;
      const c = a + 2 * stride;
      const d = a + 3 * stride;
      const aRe = x[a]!;
      const aIm = y[a]!;
      const bRe = x[b]! * c1 - y[b]! * s1;
      const bIm = x[b]! * s1 + y[b]! * c1;
      const cRe = x[c]! * c2 - y[c]! * s2;
      const cIm = x[c]! * s2 + y[c]! * c2;
      const dRe = x[d]! * c3 - y[d]! * s3;
      const dIm = x[d]! * s3 + y[d]! * c3;
      const evenRe = aRe + cRe;
      const evenIm = aIm + cIm;
      const oddRe = bRe + dRe;
      const oddIm = bIm + dIm;
      const downRe = aRe - cRe;
      const downIm = aIm - cIm;
      const acrossRe = bIm - dIm;
      const acrossIm = dRe - bRe;
      const k = bin * stride + n;
      u[k] = evenRe + oddRe;
      v[k] = evenIm + oddIm;
      u[k + quarter] = downRe + acrossRe;
      v[k + quarter] = downIm + acrossIm;
      u[k + 2 * quarter] = evenRe - oddRe;
      v[k + 2 * quarter] = evenIm - oddIm;
      u[k + 3 * quarter] = downRe - acrossRe;
      v[k + 3 * quarter] = downIm - acrossIm;
    }
  }
}

function joinFive(from: ComplexArrays, to: ComplexArrays, length: number, stride: number): void {
  const { re: x, im: y } = from;
  const { re: u, im: v } = to;
  const fifth = length * stride;
  for (let bin = 0; bin < length; bin++) {
    const turn = (bin * FOURIER_SAMPLES) / (5 * length);
    const c1 = cosine[turn]!;
    const c2 = cosine[2 * turn]!;
    const c3 = cosine[3 * turn]!;
    const c4 = cosine[4 * turn]!;
    const s1 = sine[turn]!;
    const s2 = sine[2 * turn]!;
    const s3 = sine[3 * turn]!;
    const s4 = sine[4 * turn]!;
    for (let n = 0; n < stride; n++) {
      const a = 5 * bin * stride + n;
      const b = a + stride;
      const c = a + 2 * stride;
      const d = a + 3 * stride;
      const e = a + 4 * stride;
      const aRe = x[a]!;
      const aIm = y[a]!;
      const bRe = x[b]! * c1 - y[b]! * s1;
      const bIm = x[b]! * s1 + y[b]! * c1;
      const cRe = x[c]! * c2 - y[c]! * s2;
      const cIm = x[c]! * s2 + y[c]! * c2;
      const dRe = x[d]! * c3 - y[d]! * s3;
      const dIm = x[d]! * s3 + y[d]! * c3;
      const eRe = x[e]! * c4 - y[e]! * s4;
      const eIm = x[e]! * s4 + y[e]! * c4;
      const outerRe = bRe + eRe;
      const outerIm = bIm + eIm;
      const innerRe = cRe + dRe;
      const innerIm = cIm + dIm;
      const outerDRe = bRe - eRe;
      const outerDIm = bIm - eIm;
      const innerDRe = cRe - dRe;
      const innerDIm = cIm - dIm;
      const nearRe = aRe + COS_1 * outerRe + COS_2 * innerRe;
      const nearIm = aIm + COS_1 * outerIm + COS_2 * innerIm;
      const farRe = aRe + COS_2 * outerRe + COS_1 * innerRe;
      const farIm = aIm + COS_2 * outerIm + COS_1 * innerIm;
      const nearDRe = SIN_1 * outerDRe + SIN_2 * innerDRe;
      const nearDIm = SIN_1 * outerDIm + SIN_2 * innerDIm;
      const farDRe = SIN_2 * outerDRe - SIN_1 * innerDRe;
      const farDIm = SIN_2 * outerDIm - SIN_1 * innerDIm;
      const k = bin * stride + n;
      u[k] = aRe + outerRe + innerRe;
      v[k] = aIm + outerIm + innerIm;
      u[k + fifth] = nearRe - nearDIm;
      v[k + fifth] = nearIm + nearDRe;
      u[k + 2 * fifth] = farRe - farDIm;
      v[k + 2 * fifth] = farIm + farDRe;
      u[k + 3 * fifth] = farRe + farDIm;
      v[k + 3 * fifth] = farIm - farDRe;
      u[k + 4 * fifth] = nearRe + nearDIm;
      v[k + 4 * fifth] = nearIm - nearDRe;
    }
  }
}

import { RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";
import { FOURIER_SAMPLES, transformFourier, type ComplexArrays } from "./log-mel-fourier.ts";

/** Mel bands of one spectrum. */
export const MEL_BANDS = 80;

/** Samples from one spectrum to the next: 10 ms. */
export const MEL_HOP_SAMPLES = 160;

const BINS = FOURIER_SAMPLES / 2 + 1;
const BIN_HZ = RECOGNITION_RATE_HZ / FOURIER_SAMPLES;
const LEAST_POWER = 1e-10;
/** Everything quieter than this below the loudest (80 dB) counts as so quiet. */
const RANGE_LOG10 = 8;
/** Spectra that are computed at once, two in one complex transform. */
const BATCH_TRANSFORMS = 16;

/** A triangle over the spectrum: what its bins from `first` on weigh. */
interface MelFilter {
  readonly first: number;
  readonly weights: Float64Array;
}

/** Rises from 0 to 1 and falls again without reaching 0: the Hann window of a signal that goes on. */
const hannWindow = Float64Array.from(
  { length: FOURIER_SAMPLES },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / FOURIER_SAMPLES),
);
const melFilters = makeMelFilters();

/**
 * Whisper's log-mel spectrogram of mono samples at 16 kHz: for each of `pcm.length / 160` spectra, 10 ms apart, 80 bands from 0 to 8 kHz.
 * `pcm.length` is a multiple of 160 of at least 400. The value of band m at spectrum t is at `m * spectra + t`; the loudest is at most 2
 * above the quietest. Pure; 8 s take about 7 ms.
 */
export function logMel(pcm: Float32Array): Float32Array {
  const spectra = pcm.length / MEL_HOP_SAMPLES;
  const mel = new Float32Array(MEL_BANDS * spectra);
  const batch = complexArrays(FOURIER_SAMPLES * BATCH_TRANSFORMS);
  const scratch = complexArrays(FOURIER_SAMPLES * BATCH_TRANSFORMS);
  const powers = [new Float64Array(BINS), new Float64Array(BINS)] as const;
  for (let start = 0; start < spectra; start += 2 * BATCH_TRANSFORMS) {
    for (let pair = 0; pair < BATCH_TRANSFORMS; pair++) {
      copyWindowed(pcm, start + 2 * pair, batch.re, pair);
      copyWindowed(pcm, start + 2 * pair + 1, batch.im, pair);
    }
    const transformed = transformFourier(batch, scratch, BATCH_TRANSFORMS);
    for (let pair = 0; pair < BATCH_TRANSFORMS; pair++) {
      separatePowers(transformed, pair, powers[0], powers[1]);
      for (const [which, power] of powers.entries()) {
        const spectrum = start + 2 * pair + which;
        if (spectrum < spectra) applyFilters(power, mel, spectrum, spectra);
      }
    }
  }
  scaleToWhisper(mel);
  return mel;
}

/** Samples around the middle of a spectrum, which is at its hop; beyond both ends the signal is mirrored. Column `pair` of `target`. */
function copyWindowed(pcm: Float32Array, spectrum: number, target: Float64Array, pair: number): void {
  const first = spectrum * MEL_HOP_SAMPLES - FOURIER_SAMPLES / 2;
  const last = pcm.length - 1;
  for (let n = 0; n < FOURIER_SAMPLES; n++) {
    const place = Math.abs(first + n);
    const sample = pcm[place > last ? 2 * last - place : place] ?? 0;
    target[n * BATCH_TRANSFORMS + pair] = sample * hannWindow[n]!;
  }
}

/** The power spectra of two real signals that were transformed as the real and the imaginary part of one. */
function separatePowers({ re, im }: ComplexArrays, pair: number, first: Float64Array, second: Float64Array): void {
  for (let bin = 0; bin < BINS; bin++) {
    const at = bin * BATCH_TRANSFORMS + pair;
    const mirrored = ((FOURIER_SAMPLES - bin) % FOURIER_SAMPLES) * BATCH_TRANSFORMS + pair;
    const evenRe = re[at]! + re[mirrored]!;
    const evenIm = im[at]! + im[mirrored]!;
    const oddRe = re[at]! - re[mirrored]!;
    const oddIm = im[at]! - im[mirrored]!;
    first[bin] = (evenRe * evenRe + oddIm * oddIm) / 4;
    second[bin] = (evenIm * evenIm + oddRe * oddRe) / 4;
  }
}

function applyFilters(power: Float64Array, mel: Float32Array, spectrum: number, spectra: number): void {
  for (let band = 0; band < MEL_BANDS; band++) {
    const { first, weights } = melFilters[band]!;
    let sum = 0;
    for (let n = 0; n < weights.length; n++) sum += weights[n]! * power[first + n]!;
    mel[band * spectra + spectrum] = Math.log10(Math.max(sum, LEAST_POWER));
  }
}

function scaleToWhisper(mel: Float32Array): void {
  let loudest = -Infinity;
  for (const value of mel) loudest = Math.max(loudest, value);
  for (let n = 0; n < mel.length; n++) mel[n] = (Math.max(mel[n]!, loudest - RANGE_LOG10) + 4) / 4;
}

/** Slaney's filters: triangles between neighbours' middles, evenly spaced in mel, each of the same area in Hz. */
function makeMelFilters(): MelFilter[] {
  const widestMel = hzToMel(RECOGNITION_RATE_HZ / 2);
  const edgesHz = Array.from({ length: MEL_BANDS + 2 }, (_, n) => melToHz((widestMel * n) / (MEL_BANDS + 1)));
  return Array.from({ length: MEL_BANDS }, (_, band) => {
    const [lowHz, middleHz, highHz] = edgesHz.slice(band, band + 3) as [number, number, number];
    const first = Math.ceil(lowHz / BIN_HZ);
    const weights = Float64Array.from({ length: Math.floor(highHz / BIN_HZ) - first + 1 }, (_, n) => {
      const hz = (first + n) * BIN_HZ;
      const height = Math.min((hz - lowHz) / (middleHz - lowHz), (highHz - hz) / (highHz - middleHz));
      return (Math.max(0, height) * 2) / (highHz - lowHz);
    });
    return { first, weights };
  });
}

/** Slaney's mel scale is linear up to 1 kHz (15 mel) and from there on logarithmic, 27 mel for a factor of 6.4. */
function hzToMel(hz: number): number {
  return hz < 1000 ? (hz * 15) / 1000 : 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4);
}

function melToHz(mel: number): number {
  return mel < 15 ? (mel * 1000) / 15 : 1000 * 6.4 ** ((mel - 15) / 27);
}

function complexArrays(length: number): ComplexArrays {
  return { re: new Float64Array(length), im: new Float64Array(length) };
}

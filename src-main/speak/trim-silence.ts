/** -50 dBFS: below the quietest consonant of a synthesized voice and above its noise. */
const AUDIBLE_AMPLITUDE = 0.003;
/** Kept before the first sound, so that a soft beginning is not cut. */
const LEAD_MS = 25;
/** Kept after the last sound: with the lead of the next sentence, a short breath between sentences. */
const TAIL_MS = 150;

/** Where the speech lies in `pcm`, first sample and the one after the last, with a little of the silence around it. Pure. */
export function trimSilence(pcm: Float32Array, rateHz: number): { readonly start: number; readonly end: number } {
  let first = 0;
  while (first < pcm.length && Math.abs(pcm[first] as number) < AUDIBLE_AMPLITUDE) first++;
  if (first === pcm.length) return { start: 0, end: 0 };
  let last = pcm.length - 1;
  while (Math.abs(pcm[last] as number) < AUDIBLE_AMPLITUDE) last--;
  return {
    start: Math.max(0, first - Math.round((LEAD_MS * rateHz) / 1000)),
    end: Math.min(pcm.length, last + 1 + Math.round((TAIL_MS * rateHz) / 1000)),
  };
}

/** Length of the test sound. */
export const CHIRP_MS = 600;

const LOWEST_HZ = 300;
const HIGHEST_HZ = 4_000;
/** -20 dBFS. */
const AMPLITUDE = 0.1;
/** Without it the ends would click. */
const FADE_MS = 20;

/** The test sound: a sweep from 300 Hz up to 4000 Hz at -20 dBFS, mono. A sweep is found again below noise that is far louder. */
export function makeChirp(rateHz: number): Float32Array<ArrayBuffer> {
  const seconds = CHIRP_MS / 1000;
  const pcm = new Float32Array(Math.round(seconds * rateHz));
  const fadeSamples = (FADE_MS / 1000) * rateHz;
  for (let index = 0; index < pcm.length; index++) {
    const atS = index / rateHz;
    const turns = LOWEST_HZ * atS + ((HIGHEST_HZ - LOWEST_HZ) * atS * atS) / (2 * seconds);
    const fade = Math.min(1, index / fadeSamples, (pcm.length - 1 - index) / fadeSamples);
    pcm[index] = AMPLITUDE * Math.sin(2 * Math.PI * turns) * Math.sin((fade * Math.PI) / 2) ** 2;
  }
  return pcm;
}

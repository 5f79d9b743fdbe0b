import { CAPTURE_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { spokenText } from "../../../test/fixtures/speech.ts";
import type { Random } from "./random.ts";

const BABBLE: readonly string[] = [
  "And then we drove along the coast for almost three hours until we found a place to stay for the night",
  "They have been working on the new building since last summer and nobody knows when it will be ready",
  "The children were playing in the garden while their parents talked about the holidays in the mountains",
  "It took a long time to understand how the old machine worked and what all these buttons were good for",
];
/** Each text is also spoken lower and higher, at these ratios of its rate. */
const PITCHES = [0.88, 1, 1.12];
const VOICES_AT_ONCE = 7;

let voices: Promise<Float32Array[]> | undefined;

/** Noise with the same energy in every octave. Paul Kellet's economy filter, within 0.5 dB above 10 Hz. */
export function pinkNoise(samples: number, random: Random): Float32Array {
  let low = 0;
  let middle = 0;
  let high = 0;
  return Float32Array.from({ length: samples }, () => {
    const white = 2 * random.next() - 1;
    low = 0.99765 * low + white * 0.099046;
    middle = 0.963 * middle + white * 0.2965164;
    high = 0.57 * high + white * 1.0526913;
    return 0.1 * (low + middle + high + white * 0.1848);
  });
}

/** Several people talking at once, none of them louder than the others. */
export async function babble(samples: number, random: Random): Promise<Float32Array> {
  voices ??= speakBabble();
  const all = (await voices).flatMap((voice) => PITCHES.map((pitch) => ({ voice, pitch })));
  const out = new Float32Array(samples);
  for (const { voice, pitch } of random.shuffle(all).slice(0, VOICES_AT_ONCE)) {
    let position = Math.floor(random.next() * voice.length);
    for (let index = 0; index < samples; index++) {
      const left = Math.floor(position);
      const share = position - left;
      const right = (left + 1) % voice.length;
      out[index] = (out[index] as number) + (voice[left] as number) * (1 - share) + (voice[right] as number) * share;
      position = (position + pitch) % voice.length;
    }
  }
  return out;
}

async function speakBabble(): Promise<Float32Array[]> {
  const made: Float32Array[] = [];
  for (const text of BABBLE) {
    for (const speaker of ["slt", "kal"] as const) made.push(await spokenText(text, speaker, CAPTURE_RATE_HZ));
  }
  return made;
}

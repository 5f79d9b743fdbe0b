import { ECHO_BLOCK_SAMPLES } from "./echo-canceller.ts";
import { NearSound } from "./near-sound.ts";
import { PlayedSound } from "./played-sound.ts";

/** Rounds of playback with silence before, in blocks. */
const ROUNDS = 4;
const SILENT_BLOCKS = 40;
const SOUNDING_BLOCKS = 40;
const AMPLITUDE = 0.1;
const ECHO_RATIO = 0.5;
const NOISE_RATIO = 0.01;

/**
 * Takes an echo out of noise that nobody hears, so that the browser has translated all that code before the first reply: untranslated, one
 * block takes as long as it lasts, and the reply stutters. Holds the audio thread up for about 0.3 s.
 */
export function warmUpNearSound(sampleRateHz: number): void {
  const played = new PlayedSound();
  const listener = { onBlock: () => undefined, onSpeechOverEcho: () => undefined };
  const nearSound = new NearSound(played, sampleRateHz, listener);
  const [sound, heard] = [new Float32Array(ECHO_BLOCK_SAMPLES), new Float32Array(ECHO_BLOCK_SAMPLES)];
  let startSample = 0;
  const pass = (soundRatio: number): void => {
    for (let index = 0; index < ECHO_BLOCK_SAMPLES; index++) {
      sound[index] = soundRatio * noise();
      heard[index] = ECHO_RATIO * (sound[index] as number) + NOISE_RATIO * noise();
    }
    played.write(sound, startSample);
    nearSound.push(heard, startSample);
    startSample += ECHO_BLOCK_SAMPLES;
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (let block = 0; block < SILENT_BLOCKS; block++) pass(0);
    for (let block = 0; block < SOUNDING_BLOCKS; block++) pass(1);
  }
}

function noise(): number {
  return AMPLITUDE * (2 * Math.random() - 1);
}

import { CAPTURE_RATE_HZ, msToSamples } from "../../src-shared/audio-format.ts";
import { babble } from "./set/background-noise.ts";
import { Random } from "./set/random.ts";

/** What can be heard in a room where nobody talks to the assistant. */
export type RoomSound = "babble" | "tones" | "keyboard";

/** Level of the sounds: 10 dB below speech at -26 dBFS. */
const LEVEL_DB = -36;
const CHORDS_HZ = [
  [220, 277.2, 329.6],
  [196, 246.9, 293.7],
  [174.6, 220, 261.6],
  [164.8, 207.7, 246.9],
];
const CHORD_MS = 900;
const KEY_PRESSES_PER_SECOND = 5;
const CLICK_MS = 7;
/** A key is let go about this much later, with a softer click. */
const RELEASE_MS = 85;

/** So many ms of one sound, mono at CAPTURE_RATE_HZ, the same for the same seed. */
export async function roomSound(sound: RoomSound, durationMs: number, seed: string): Promise<Float32Array> {
  const random = new Random(`${sound} ${seed}`);
  const samples = msToSamples(durationMs, CAPTURE_RATE_HZ);
  switch (sound) {
    case "babble":
      return atLevel(await babble(samples, random));
    case "tones":
      return atLevel(tones(samples, random));
    case "keyboard":
      return atLevel(keyboard(samples, random));
  }
}

/** Chords of plucked strings, one after the other, with a melody of their own notes. */
function tones(samples: number, random: Random): Float32Array {
  const out = new Float32Array(samples);
  const chordSamples = msToSamples(CHORD_MS, CAPTURE_RATE_HZ);
  for (let start = 0; start < samples; start += chordSamples) {
    const chord = random.pick(CHORDS_HZ);
    for (const noteHz of [...chord, 2 * random.pick(chord)]) pluck(out, start, noteHz, chordSamples * 1.5);
  }
  return out;
}

function pluck(out: Float32Array, start: number, noteHz: number, length: number): void {
  for (let index = 0; index < length && start + index < out.length; index++) {
    const seconds = index / CAPTURE_RATE_HZ;
    const phase = 2 * Math.PI * noteHz * seconds + 0.02 * Math.sin(2 * Math.PI * 5 * seconds);
    const harmonics = Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.25 * Math.sin(3 * phase);
    out[start + index] = (out[start + index] as number) + harmonics * Math.exp(-2.5 * seconds);
  }
}

/** Somebody types: two clicks a key, of varying force and colour, in bursts. */
function keyboard(samples: number, random: Random): Float32Array {
  const out = new Float32Array(samples);
  let atMs = 0;
  const endMs = (samples * 1000) / CAPTURE_RATE_HZ;
  while (atMs < endMs) {
    const force = random.between(0.4, 1);
    click(out, atMs, force, random);
    click(out, atMs + RELEASE_MS * random.between(0.7, 1.3), force / 3, random);
    const thinks = random.next() < 0.05;
    atMs += thinks ? random.between(800, 2_500) : (1000 / KEY_PRESSES_PER_SECOND) * random.between(0.4, 1.8);
  }
  return out;
}

function click(out: Float32Array, atMs: number, force: number, random: Random): void {
  const start = msToSamples(atMs, CAPTURE_RATE_HZ);
  const length = msToSamples(CLICK_MS, CAPTURE_RATE_HZ);
  const colour = random.between(0.2, 0.7);
  let smooth = 0;
  for (let index = 0; index < length && start + index < out.length; index++) {
    smooth += colour * (2 * random.next() - 1 - smooth);
    out[start + index] = (out[start + index] as number) + force * smooth * Math.exp((-4 * index) / length);
  }
}

function atLevel(pcm: Float32Array): Float32Array {
  const rms = Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length);
  const ratio = 10 ** (LEVEL_DB / 20) / rms;
  return pcm.map((sample) => Math.max(-1, Math.min(1, sample * ratio)));
}

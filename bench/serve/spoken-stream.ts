import { resampleAll } from "../../src-main/streaming-resampler.ts";
import type { TimedWord } from "../../src-main/wire/served-engines.ts";
import { CAPTURE_RATE_HZ, msToSamples, samplesToMs } from "../../src-shared/audio-format.ts";
import { sharedSpeech, spokenText, type Speaker } from "../../test/fixtures/speech.ts";

/** Speech as a client sends it. */
export interface SpokenStream {
  readonly text: string;
  /** Mono at CAPTURE_RATE_HZ. */
  readonly pcm: Float32Array;
  /** Where its words are, when that is known. */
  readonly words?: readonly TimedWord[];
}

const ADDRESS =
  "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.";
const SENTENCES = [
  "The committee will meet again on Thursday afternoon to decide about the new bridge.",
  "Please remind me to water the plants before I leave for work tomorrow morning.",
  "She opened the window, looked down at the garden, and waited for the rain to stop.",
  "Most of the passengers had already found their seats when the train began to move.",
  "The museum is closed on Mondays, but the library next door is open until eight.",
  "He said that the weather in the mountains can change within a few minutes.",
  "We need flour, butter, a little sugar and four large eggs for this cake.",
  "Every evening the old man walked along the river with his dog.",
];
const LISTS = [
  "set a timer for two minutes",
  "tell me something about the steam engine",
  "turn on the kitchen light",
  "what is the capital of France",
];
/** Quieter than -40 dBFS is not part of a word. */
const AUDIBLE = 0.01;

/** A man's speech with long rhetorical pauses; undefined where the file is missing. */
export async function famousSpeech(): Promise<SpokenStream | undefined> {
  const recording = sharedSpeech("jfk.wav");
  if (!recording) return undefined;
  return { text: ADDRESS, pcm: await resampleAll(recording.pcm, recording.rateHz, CAPTURE_RATE_HZ) };
}

/** Sentences of synthetic voices with pauses of half a second to one and a half, from one of eight places on, until it is so long. */
export async function sentences(first: number, leastMs: number): Promise<SpokenStream> {
  const speaker: Speaker = first % 2 === 0 ? "slt" : "kal";
  const pieces: Float32Array[] = [];
  const texts: string[] = [];
  let samples = 0;
  for (let index = first; samples < msToSamples(leastMs, CAPTURE_RATE_HZ); index++) {
    const text = SENTENCES[index % SENTENCES.length] as string;
    const pause = new Float32Array(msToSamples(500 + ((index * 370) % 1_000), CAPTURE_RATE_HZ));
    const pcm = await spokenText(text, speaker, CAPTURE_RATE_HZ);
    pieces.push(pcm, pause);
    texts.push(text);
    samples += pcm.length + pause.length;
  }
  return { text: texts.join(" "), pcm: join(pieces) };
}

/** Words that were spoken one by one and put where they are, with `gapMs` between them and a second between requests. */
export async function placedWords(gapMs: number): Promise<SpokenStream> {
  const pieces: Float32Array[] = [];
  const words: TimedWord[] = [];
  let at = 0;
  const add = (pcm: Float32Array): void => {
    pieces.push(pcm);
    at += pcm.length;
  };
  for (const list of LISTS) {
    add(silence(1_000));
    for (const text of list.split(" ")) {
      const spoken = await spokenText(text, "slt", CAPTURE_RATE_HZ);
      const start = spoken.findIndex((sample) => Math.abs(sample) > AUDIBLE);
      const end = spoken.findLastIndex((sample) => Math.abs(sample) > AUDIBLE) + 1;
      const startMs = samplesToMs(at, CAPTURE_RATE_HZ);
      add(spoken.subarray(start, end));
      words.push({ text, startMs, endMs: samplesToMs(at, CAPTURE_RATE_HZ) });
      add(silence(gapMs));
    }
  }
  return { text: LISTS.join(" "), pcm: join(pieces), words };
}

function silence(ms: number): Float32Array {
  return new Float32Array(msToSamples(ms, CAPTURE_RATE_HZ));
}

function join(pieces: readonly Float32Array[]): Float32Array {
  const pcm = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    pcm.set(piece, at);
    at += piece.length;
  }
  return pcm;
}

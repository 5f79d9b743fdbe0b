import { msToSamples, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import type { SpokenSentence } from "../turn/ports.ts";
import type { FliteSpeech } from "./flite-engine.ts";
import type { PlaybackResampler } from "./playback-resampler.ts";
import { speakableText } from "./speakable-text.ts";
import { trimSilence } from "./trim-silence.ts";
import { placeWordEnds } from "./word-ends.ts";

const CHUNK_MS = 100;
const CHUNK_SAMPLES = msToSamples(CHUNK_MS, PLAYBACK_RATE_HZ);

/** A text and its speech, without silence around it, at PLAYBACK_RATE_HZ. It is converted while it is read for the first time. */
export class SpokenPiece {
  /** Words with their ends in samples of the piece. */
  readonly words: SpokenSentence["words"];
  readonly #pcm: Float32Array;
  readonly #resampler: PlaybackResampler;
  readonly #speechChunkSamples: number;
  /** As Flite made it, until all of it is converted. */
  #speech: Float32Array | undefined;
  #convertedChunks = 0;

  constructor(text: string, { pcm, rateHz, phones }: FliteSpeech, resampler: PlaybackResampler) {
    const { start, end } = trimSilence(pcm, rateHz);
    this.#speech = pcm.subarray(start, end);
    this.#pcm = new Float32Array(resampler.outputSamples(end - start));
    this.#resampler = resampler;
    this.#speechChunkSamples = msToSamples(CHUNK_MS, rateHz);
    const startMs = (start * 1000) / rateHz;
    this.words = placeWords(text, phones).map(({ text: word, endMs }) => ({
      text: word,
      endSample: Math.min(this.#pcm.length, msToSamples(Math.max(0, endMs - startMs), PLAYBACK_RATE_HZ)),
    }));
  }

  /** Samples at PLAYBACK_RATE_HZ. */
  get length(): number {
    return this.#pcm.length;
  }

  /** The speech in chunks of 100 ms. */
  *chunks(): Generator<Float32Array, void, undefined> {
    for (let chunk = 0; chunk * CHUNK_SAMPLES < this.#pcm.length; chunk++) {
      if (this.#speech && chunk === this.#convertedChunks) this.#convert(this.#speech, chunk);
      yield this.#pcm.subarray(chunk * CHUNK_SAMPLES, (chunk + 1) * CHUNK_SAMPLES);
    }
  }

  #convert(speech: Float32Array, chunk: number): void {
    const start = chunk * this.#speechChunkSamples;
    const end = Math.min(start + this.#speechChunkSamples, speech.length);
    this.#pcm.set(this.#resampler.convert(speech, start, end), chunk * CHUNK_SAMPLES);
    this.#convertedChunks++;
    if (end === speech.length) this.#speech = undefined;
  }
}

function placeWords(text: string, phones: FliteSpeech["phones"]): { readonly text: string; readonly endMs: number }[] {
  const words = text.match(/\S+/g) ?? [];
  const toPlace = words.map((word) => ({
    spoken: speakableText(word),
    pauseFollows: /[,.;:!?–—…)]["'”’)]*$/.test(word),
  }));
  const endsMs = placeWordEnds(toPlace, phones);
  return words.map((word, index) => ({ text: word, endMs: endsMs[index] as number }));
}

import { msToSamples, PLAYBACK_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import { FailureError } from "../../../src-shared/failure.ts";
import { PcmRing } from "../../../src-shared/pcm-ring.ts";
import { cutAtSpaces } from "../../speak/cut-at-spaces.ts";
import type { SpokenSentence, Synthesizer } from "../../turn/ports.ts";
import { SentenceSplitter } from "../../turn/split-sentences.ts";
import type { SpokenPiece, SpokenStyle, TimedWord } from "../../wire/served-engines.ts";

/** The next sentence is begun while less than this waits for the reader. */
const AHEAD_MS = 5_000;
/** No text without punctuation is spoken in larger pieces, so that other speeches have their turn. */
const LONGEST_CHARACTERS = 200;
/** More text than this without the end of a sentence is not waited for. */
const MOST_WAITING_CHARACTERS = 1_000;
const PIECE_SAMPLES = msToSamples(1_000, PLAYBACK_RATE_HZ);
const RING_SAMPLES = msToSamples(2_500, PLAYBACK_RATE_HZ);
/** The engine is much faster than real time and waits while its ring is full. */
const EMPTY_EVERY_MS = 5;
const GENERATION = 1;
const VOID_GENERATION = 2;

/** See `ServedEngines.speak`. `style.voice` is one of the engine's. */
export async function* speakGrowingText(
  synthesizer: Pick<Synthesizer, "speak">,
  text: AsyncIterable<string>,
  style: SpokenStyle,
  signal: AbortSignal,
): AsyncGenerator<SpokenPiece, void, undefined> {
  const speech = new GrowingSpeech(synthesizer, text, style);
  const stop = (): void => speech.stop();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    for (let piece = await speech.next(); piece; piece = await speech.next()) yield piece;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

/** A text being spoken: made in advance while it is read. */
class GrowingSpeech {
  readonly #synthesizer: Pick<Synthesizer, "speak">;
  readonly #text: AsyncIterator<string>;
  readonly #style: SpokenStyle;
  readonly #buffer = PcmRing.allocate(RING_SAMPLES);
  readonly #ring = new PcmRing(this.#buffer);
  readonly #pieces: SpokenPiece[] = [];
  #waitingSamples = 0;
  /** Of all sentences spoken so far. */
  #spokenSamples = 0;
  #isStopped = false;
  #isComplete = false;
  #error: Error | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(synthesizer: Pick<Synthesizer, "speak">, text: AsyncIterable<string>, style: SpokenStyle) {
    this.#synthesizer = synthesizer;
    this.#text = text[Symbol.asyncIterator]();
    this.#style = style;
    this.#ring.setGeneration(GENERATION);
    void this.#speakAll();
  }

  /** The next piece, once it is there; undefined at the end, or when stopped. */
  async next(): Promise<SpokenPiece | undefined> {
    while (!this.#isStopped) {
      const piece = this.#pieces.shift();
      if (piece) {
        this.#waitingSamples -= piece.pcm.length;
        this.#change();
        return piece;
      }
      if (this.#error) throw this.#error;
      if (this.#isComplete) return undefined;
      await this.#changed.promise;
    }
    return undefined;
  }

  /** At once: the engine stops writing, and what waits is dropped. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#pieces.length = 0;
    this.#ring.setGeneration(VOID_GENERATION);
    // Whoever writes the text may be waiting for it to grow: nobody waits for them.
    if (!this.#isComplete) void this.#text.return?.()?.then(undefined, () => undefined);
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #speakAll(): Promise<void> {
    try {
      for await (const sentence of this.#sentences()) {
        await this.#speak(sentence);
        while (!this.#isStopped && samplesToMs(this.#waitingSamples, PLAYBACK_RATE_HZ) > AHEAD_MS) {
          await this.#changed.promise;
        }
        if (this.#isStopped) return;
      }
    } catch (error) {
      this.#error = error as Error;
    }
    this.#isComplete = true;
    this.#change();
  }

  async *#sentences(): AsyncGenerator<string> {
    const splitter = new SentenceSplitter();
    let waiting = 0;
    for (let part = await this.#text.next(); !part.done; part = await this.#text.next()) {
      const sentences = splitter.push(part.value);
      waiting += part.value.length;
      if (waiting > MOST_WAITING_CHARACTERS) sentences.push(...splitter.finish());
      if (sentences.length > 0) waiting = 0;
      for (const sentence of sentences) yield* cutAtSpaces(sentence, LONGEST_CHARACTERS);
    }
    for (const sentence of splitter.finish()) yield* cutAtSpaces(sentence, LONGEST_CHARACTERS);
  }

  async #speak(text: string): Promise<void> {
    if (this.#isStopped) return;
    const { voice, rateRatio } = this.#style;
    const chunks: Float32Array[] = [];
    const empty = (): void => {
      const chunk = new Float32Array(this.#ring.availableSamples);
      const count = this.#ring.read(chunk, chunk.length);
      if (count > 0) chunks.push(chunk.subarray(0, count));
    };
    const timer = setInterval(empty, EMPTY_EVERY_MS);
    try {
      const request = { text, voice, rateRatio, ring: this.#buffer, generation: GENERATION };
      const spoken = await this.#synthesizer.speak(request);
      if (this.#isStopped) return;
      if (!spoken.ok) throw new FailureError(spoken.failure);
      empty();
      this.#take(chunks, spoken.value);
    } finally {
      clearInterval(timer);
    }
  }

  #take(chunks: readonly Float32Array[], { samples, words }: SpokenSentence): void {
    const pcm = new Float32Array(samples);
    let at = 0;
    for (const chunk of chunks) {
      pcm.set(chunk, at);
      at += chunk.length;
    }
    const placed = placeWords(words, this.#spokenSamples);
    for (let start = 0; start < samples; start += PIECE_SAMPLES) {
      const end = Math.min(samples, start + PIECE_SAMPLES);
      const isLast = end === samples;
      const fromMs = start === 0 ? Number.NEGATIVE_INFINITY : this.#atMs(start);
      const toMs = isLast ? Number.POSITIVE_INFINITY : this.#atMs(end);
      const begun = placed.filter(({ startMs }) => startMs >= fromMs && startMs < toMs);
      this.#pieces.push({ pcm: pcm.subarray(start, end), words: begun });
    }
    this.#spokenSamples += samples;
    this.#waitingSamples += samples;
    this.#change();
  }

  #atMs(sentenceSample: number): number {
    return samplesToMs(this.#spokenSamples + sentenceSample, PLAYBACK_RATE_HZ);
  }
}

/** A word begins where the one before ends. */
function placeWords(words: SpokenSentence["words"], firstSample: number): readonly TimedWord[] {
  let startMs = samplesToMs(firstSample, PLAYBACK_RATE_HZ);
  return words.map(({ text, endSample }) => {
    const word = { text, startMs, endMs: samplesToMs(firstSample + endSample, PLAYBACK_RATE_HZ) };
    startMs = word.endMs;
    return word;
  });
}

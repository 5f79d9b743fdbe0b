import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { nowMs } from "../session-clock.ts";
import type { SpeechRequest, SpokenSentence } from "../turn/ports.ts";

/** How often a full ring, or one whose reply may be void, is looked at again. */
const LOOK_MS = 10;

/**
 * Puts the speech of a distant server into the player's ring as it arrives, and keeps account of it. Main thread: waits without blocking.
 * One for each sentence, or for a whole reply that grows.
 */
export class RingSpeech {
  readonly #ring: PcmRing;
  readonly #generation: number;
  readonly #words: { readonly text: string; readonly endSample: number }[] = [];
  readonly #void = new AbortController();
  readonly #watch: NodeJS.Timeout;
  #samples = 0;
  #chunks = 0;
  #firstPcmAtMs: number | undefined;
  #lastPcmAtMs: number | undefined;

  constructor({ ring, generation }: Pick<SpeechRequest, "ring" | "generation">) {
    this.#ring = new PcmRing(ring, nowMs);
    this.#generation = generation;
    this.#watch = setInterval(() => this.#lookWhetherVoid(), LOOK_MS);
    if (!this.signal.aborted) this.#ring.beginWriting(generation);
  }

  /** Aborted as soon as nobody wants this speech any more; looked at, it is right at once. */
  get signal(): AbortSignal {
    this.#lookWhetherVoid();
    return this.#void.signal;
  }

  /** Samples written so far. */
  get samples(): number {
    return this.#samples;
  }

  /** When the first sample was written, on the session clock; undefined before. */
  get firstPcmAtMs(): number | undefined {
    return this.#firstPcmAtMs;
  }

  /** Writes mono samples at PLAYBACK_RATE_HZ as space comes free. False when nobody wants them any more. */
  async write(pcm: Float32Array): Promise<boolean> {
    for (let written = 0; written < pcm.length;) {
      const count = this.#ring.write(pcm, written, pcm.length - written, this.#generation);
      if (count < 0) this.#void.abort();
      if (this.signal.aborted) return false;
      if (count === 0) await new Promise((resolve) => void setTimeout(resolve, LOOK_MS));
      written += count;
      this.#samples += count;
      this.#lastPcmAtMs = nowMs();
      this.#firstPcmAtMs ??= this.#lastPcmAtMs;
    }
    if (pcm.length > 0) this.#chunks += 1;
    return true;
  }

  /** A word ends so long after the sentence's start. In order. Answers with the same in samples. */
  placeWord(text: string, endMs: number): number {
    const endSample = Math.round((endMs * PLAYBACK_RATE_HZ) / 1000);
    this.#words.push({ text, endSample });
    return endSample;
  }

  /** For servers that do not tell when each word is spoken: shares out what was written since `from` in proportion to the words' lengths. */
  spreadWords(text: string, from = 0): void {
    const words = text.match(/\S+/g) ?? [];
    const total = words.reduce((sum, word) => sum + word.length + 1, 0);
    let length = 0;
    for (const word of words) {
      length += word.length + 1;
      this.#words.push({ text: word, endSample: from + Math.round(((this.#samples - from) * length) / total) });
    }
  }

  /** Ends the account. */
  finish(): SpokenSentence {
    clearInterval(this.#watch);
    const atMs = nowMs();
    return {
      samples: this.#samples,
      chunks: this.#chunks,
      words: this.#words.map(({ text, endSample }) => ({ text, endSample: Math.min(endSample, this.#samples) })),
      firstPcmAtMs: this.#firstPcmAtMs ?? atMs,
      lastPcmAtMs: this.#lastPcmAtMs ?? atMs,
    };
  }

  #lookWhetherVoid(): void {
    if (this.#ring.generation !== this.#generation) this.#void.abort();
  }
}

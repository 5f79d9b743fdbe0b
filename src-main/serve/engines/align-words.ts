import { RECOGNITION_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import type { WordAligner } from "../../transcribe/soundswallower-aligner.ts";
import type { TimedWord } from "../../wire/served-engines.ts";

/** Audio of a stream. */
export interface PlacedAudio {
  readonly startMs: number;
  /** Mono at RECOGNITION_RATE_HZ. */
  readonly pcm: Float32Array;
}

/** When each word was said, on the stream's timeline; undefined when the audio does not fit the words, or the aligner fails. */
export async function alignWords(
  aligner: WordAligner,
  { startMs, pcm }: PlacedAudio,
  words: readonly string[],
  signal: AbortSignal,
): Promise<readonly TimedWord[] | undefined> {
  if (words.length === 0) return [];
  const aligned = await aligner.align({ pcm, text: words.join(" ") }, signal);
  if (!aligned.ok || aligned.value.length !== words.length || !aligned.value.some((word) => word.aligned))
    return undefined;
  return aligned.value.map((word) => ({
    text: word.text,
    startMs: startMs + word.startMs,
    endMs: startMs + word.endMs,
  }));
}

/** Like {@link alignWords}, or a guess. */
export async function placeWords(
  aligner: WordAligner,
  audio: PlacedAudio,
  words: readonly string[],
  signal: AbortSignal,
): Promise<readonly TimedWord[]> {
  return (await alignWords(aligner, audio, words, signal)) ?? shareTime(audio, words);
}

/** A guess: the time is shared out among the words by their length. Costs precision, but no word. */
export function shareTime({ startMs, pcm }: PlacedAudio, words: readonly string[]): readonly TimedWord[] {
  const durationMs = samplesToMs(pcm.length, RECOGNITION_RATE_HZ);
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  let endMs = startMs;
  return words.map((text) => {
    const wordStartMs = endMs;
    endMs += (text.length / letters) * durationMs;
    return { text, startMs: wordStartMs, endMs };
  });
}

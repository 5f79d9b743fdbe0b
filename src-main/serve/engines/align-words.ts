import { RECOGNITION_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import type { WordAligner } from "../../transcribe/soundswallower-aligner.ts";
import type { TimedWord } from "../../wire/served-engines.ts";

/** Audio of a stream. */
export interface PlacedAudio {
  readonly startMs: number;
  /** Mono at RECOGNITION_RATE_HZ. */
  readonly pcm: Float32Array;
}

/**
 * When the words were said, on the stream's timeline: of all of them, or of all but the last, which the end of the audio may have cut, or
 * none where the audio does not fit them or the aligner fails.
 */
export async function alignWords(
  aligner: WordAligner,
  { startMs, pcm }: PlacedAudio,
  words: readonly string[],
  signal: AbortSignal,
): Promise<readonly TimedWord[]> {
  for (let count = words.length; count > 0 && count >= words.length - 1; count--) {
    const aligned = await aligner.align({ pcm, text: words.slice(0, count).join(" ") }, signal);
    if (!aligned.ok) return [];
    if (!aligned.value.some((word) => word.aligned)) continue;
    return aligned.value.map((word) => ({
      text: word.text,
      startMs: startMs + word.startMs,
      endMs: startMs + word.endMs,
    }));
  }
  return [];
}

/** Like {@link alignWords}, but every word has a place: where it cannot be found, the time that is left is shared out. */
export async function placeWords(
  aligner: WordAligner,
  audio: PlacedAudio,
  words: readonly string[],
  signal: AbortSignal,
): Promise<readonly TimedWord[]> {
  const aligned = await alignWords(aligner, audio, words, signal);
  const fromMs = aligned.at(-1)?.endMs ?? audio.startMs;
  const endMs = audio.startMs + samplesToMs(audio.pcm.length, RECOGNITION_RATE_HZ);
  return [...aligned, ...shareTime(fromMs, endMs, words.slice(aligned.length))];
}

/** A guess by the length of the words. */
function shareTime(fromMs: number, toMs: number, words: readonly string[]): readonly TimedWord[] {
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  let endMs = fromMs;
  return words.map((text) => {
    const startMs = endMs;
    endMs += (text.length / letters) * Math.max(0, toMs - fromMs);
    return { text, startMs, endMs };
  });
}

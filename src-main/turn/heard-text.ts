import type { SpokenSentence, SpokenWord } from "./ports.ts";

/**
 * The part of a reply that has left the speaker after `playedSamples`: a prefix of `reply`, cut at a word. A word counts as heard once its
 * last sample was played. Of `words` that contradict each other the later ones count.
 */
export function heardText(reply: string, words: readonly SpokenWord[], playedSamples: number): string {
  if (playedSamples <= 0) return "";
  const last = words.findLast(({ endSample }) => endSample <= playedSamples);
  return reply.slice(0, last?.textEnd ?? 0).trimStart();
}

/**
 * Where the words of a sentence are heard, which begins at the character `textStart` and at the sample `startSample`. The synthesizer may count
 * words otherwise ("25" is two), hence words are placed by their share; without word times they share the time alike.
 */
export function placeWords(
  sentence: string,
  { words: spoken, samples }: Pick<SpokenSentence, "words" | "samples">,
  textStart: number,
  startSample: number,
): readonly SpokenWord[] {
  const words = [...sentence.matchAll(/\S+/g)];
  return words.map((word, index) => {
    const share = (index + 1) / words.length;
    const endSample = spoken[Math.ceil(spoken.length * share - 1e-9) - 1]?.endSample ?? samples * share;
    return {
      textEnd: textStart + word.index + word[0].length,
      endSample: startSample + Math.min(samples, Math.ceil(endSample)),
    };
  });
}

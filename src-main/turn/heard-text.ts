import type { SpokenSentence } from "./ports.ts";

/** A sentence of a reply and where it lies in the reply's audio. */
export interface SpokenSegment {
  readonly text: string;
  /** Position of the first sample in the reply's audio, at PLAYBACK_RATE_HZ. */
  readonly startSample: number;
  readonly sentence: SpokenSentence;
}

/**
 * The part of a reply that has left the speaker after `playedSamples`: a prefix of `reply`, cut at a word. A word counts as heard once its
 * last sample was played; of a sentence without word times, as many words count as its played duration stands for. Segments are sentences of the reply, in order.
 */
export function heardText(reply: string, segments: readonly SpokenSegment[], playedSamples: number): string {
  let end = 0;
  for (const { text, startSample, sentence } of segments) {
    if (playedSamples <= startSample) break;
    const start = Math.max(end, reply.indexOf(text, end));
    if (playedSamples >= startSample + sentence.samples) {
      end = start + text.length;
      continue;
    }
    const heardWords = sentence.words.filter((word) => startSample + word.endSample <= playedSamples).length;
    const share =
      sentence.words.length > 0 ? heardWords / sentence.words.length : (playedSamples - startSample) / sentence.samples;
    const prefix = firstWords(text, share);
    if (prefix.length > 0) end = start + prefix.length;
    break;
  }
  return reply.slice(0, end).trimStart();
}

/** The first `share` (0 to 1) of the words of `text`. The synthesizer may count words otherwise ("25" is two), hence the share. */
function firstWords(text: string, share: number): string {
  const words = [...text.matchAll(/\S+/g)];
  const last = words[Math.floor(words.length * share + 1e-9) - 1];
  return last ? text.slice(0, last.index + last[0].length) : "";
}

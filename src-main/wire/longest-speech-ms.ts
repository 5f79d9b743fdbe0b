const LONGEST_SILENCE_MS = 10_000;
const SLOWEST_MS_PER_CHARACTER = 1_000;

/** A server that sends more ms of speech than this does not speak the text. `rateRatio`: its speed. */
export function longestSpeechMs(text: string, rateRatio = 1): number {
  return LONGEST_SILENCE_MS + (SLOWEST_MS_PER_CHARACTER * text.length) / rateRatio;
}

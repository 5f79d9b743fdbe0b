/** Part of a text that is to be spoken. */
export interface TtsWord {
  /** The word, without white space; of a break, its tag as it is announced. Never empty. */
  readonly text: string;
  /** Length of the break; 0 for a word. */
  readonly breakMs: number;
}

const FRAMES_PER_SECOND = 12.5;
const LONGEST_BREAK_SECONDS = 10;
const WORD_OR_BREAK = /<break\s+time="(\d+(?:\.\d*)?|\.\d+)s"\s*\/?>|\S+?(?=<break\s|\s|$)/g;

/**
 * The words of one message, in their order: none is continued by the next message. Curly apostrophes are straightened, colons are spaces, en
 * dashes and parentheses fall away. `<break time="0.5s"/>` is a break, cut to whole frames of 80 ms: one at least, 10 s at most. Takes time in
 * proportion to the text.
 */
export function splitTtsWords(text: string): readonly TtsWord[] {
  const plain = text
    .replaceAll("\u2019", "'")
    .replaceAll(/[\u2013()]/g, "")
    .replaceAll(":", " ");
  return Array.from(plain.matchAll(WORD_OR_BREAK), ([word, seconds]) =>
    seconds === undefined ? { text: word, breakMs: 0 } : breakOf(Math.min(Number(seconds), LONGEST_BREAK_SECONDS)),
  );
}

function breakOf(seconds: number): TtsWord {
  const frames = Math.max(1, Math.floor(FRAMES_PER_SECOND * seconds));
  return { text: `<break time="${seconds.toFixed(2)}s">`, breakMs: (frames * 1_000) / FRAMES_PER_SECOND };
}

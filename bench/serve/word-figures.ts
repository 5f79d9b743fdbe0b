import { famousSpeech, sentences, type SpokenStream } from "../../test/fixtures/spoken-stream.ts";
import { normalizedWords, wordErrorRate } from "../../test/fixtures/word-error-rate.ts";
import { atLeast, atMost, quantile, type BenchRow, type Verdict } from "../bench-result.ts";

/** A stream and the words that were told of it. */
export interface ToldStream {
  readonly stream: SpokenStream;
  /** `delayMs`: from sending the end of the word to its being told. */
  readonly words: readonly { readonly text: string; readonly delayMs: number }[];
}

/** What is heard alone, by its name: a man's speech, where it is there, and synthetic sentences. */
export async function streamsHeardAlone(
  part: string,
): Promise<{ streams: [string, SpokenStream][]; rows: BenchRow[] }> {
  const speech = await famousSpeech();
  const synthetic: [string, SpokenStream] = ["synthetic", await sentences(0, 15_000)];
  if (speech) return { streams: [["jfk.wav", speech], synthetic], rows: [] };
  const speechMissing = "skipped: there is no jfk.wav in the folder of human speech";
  return { streams: [synthetic], rows: [{ part, speech: speechMissing }] };
}

/** So many streams at once, all speaking, for 20 s or 2 min. */
export function streamsHeardAtOnce(count: number, long: boolean): Promise<SpokenStream[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => sentences(index, long ? 120_000 : 20_000)));
}

/** How right words are, in the mean of the streams. */
export function meanErrorRate(told: readonly ToldStream[]): number {
  const rates = told.map(({ stream, words }) => wordErrorRate(stream.text, words.map(({ text }) => text).join(" ")));
  return rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
}

/** How right and how late the words of all streams are. */
export function wordFigures(told: readonly ToldStream[]): BenchRow {
  const delayMs = told.flatMap(delaysOf);
  return {
    "word error rate": meanErrorRate(told),
    words: delayMs.length,
    "median delay, ms": quantile(delayMs, 0.5),
    "p95 delay, ms": quantile(delayMs, 0.95),
    "longest delay, ms": Math.max(...delayMs),
  };
}

/** The p95 delay of the stream whose words are latest, and that nobody starves: neither of words nor of time. `who`: stream or client. */
export function fairness(
  part: string,
  who: string,
  told: readonly ToldStream[],
): { latestMs: number; verdicts: Verdict[] } {
  const p95Ms = told.map((each) => quantile(delaysOf(each), 0.95));
  const shares = told.map(({ stream, words }) => words.length / normalizedWords(stream.text).length);
  const latestMs = Math.max(...p95Ms);
  return {
    latestMs,
    verdicts: [
      atLeast(`${part}: words of the ${who} that got the fewest, share`, Math.min(...shares), 0.85),
      atMost(
        `${part}: p95 word delay of the latest ${who} against that of the earliest`,
        latestMs / Math.min(...p95Ms),
        3,
      ),
    ],
  };
}

function delaysOf({ words }: ToldStream): number[] {
  return words.map(({ delayMs }) => delayMs);
}

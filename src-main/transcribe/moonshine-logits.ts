import type { TranscriptEnding } from "../turn/ports.ts";

/** Marks the beginning of every token sequence. */
export const BEGIN_TOKEN = 1;
/** Marks the end. */
export const END_TOKEN = 2;
/** Size of the vocabulary; a row of logits has this many values. */
export const VOCABULARY_SIZE = 32_768;

/** A token that may come next, with its natural-log probability. */
export interface TokenCandidate {
  readonly token: number;
  readonly logProbability: number;
}

/** What may come at one place of a text. */
export interface LogitsRow {
  readonly logits: Float32Array;
  readonly row: number;
}

/** The tokens that are punctuation, by what they say about the text before them. */
export type PunctuationTokens = ReadonlyMap<number, "terminal" | "continuation">;

/** What is this far below the top adds 0.2 % to the sum, all of it together, and 1.3 % at most (330 rows of 15 turns). */
const NEGLIGIBLE_NATS = 12;

/** The tokens of one row of logits that come within `nats` of the likeliest, likeliest first, at most `most`. */
export function likelyTokens(logits: Float32Array, row: number, nats: number, most: number): readonly TokenCandidate[] {
  const start = row * VOCABULARY_SIZE;
  const { highest, logSum, tokens } = weigh(logits, start);
  return tokens
    .filter((token) => (logits[start + token] as number) > highest - nats)
    .map((token) => ({ token, logProbability: (logits[start + token] as number) - highest - logSum }))
    .toSorted((a, b) => b.logProbability - a.logProbability)
    .slice(0, most);
}

/** What is said about the end of the text: in place of the last word, and after it. */
export function endingOf(lastWord: LogitsRow, after: LogitsRow, punctuation: PunctuationTokens): TranscriptEnding {
  const { terminal, continuation, end } = endsOf(after, punctuation);
  const earlier = endsOf(lastWord, punctuation);
  return {
    terminalProbability: terminal,
    continuationProbability: continuation,
    bareEndProbability: end,
    earlierEndProbability: earlier.terminal + earlier.continuation + earlier.end,
  };
}

function endsOf(
  { logits, row }: LogitsRow,
  punctuation: PunctuationTokens,
): Readonly<Record<"terminal" | "continuation" | "end", number>> {
  const probability = probabilitiesOf(logits, row);
  const sums = { terminal: 0, continuation: 0, end: probability(END_TOKEN) };
  for (const [token, kind] of punctuation) sums[kind] += probability(token);
  return sums;
}

/** Of all texts that are not empty: how likely one begins with these tokens, as a row of logits before the first token has it, 0 to 1. */
export function beginningProbability(logits: Float32Array, row: number, tokens: ReadonlySet<number>): number {
  const probability = probabilitiesOf(logits, row);
  let sum = 0;
  for (const token of tokens) sum += probability(token);
  return sum / Math.max(sum, 1 - probability(END_TOKEN));
}

function probabilitiesOf(logits: Float32Array, row: number): (token: number) => number {
  const start = row * VOCABULARY_SIZE;
  const { highest, logSum } = weigh(logits, start);
  return (token) => Math.exp((logits[start + token] as number) - highest - logSum);
}

/** One row of logits. */
interface WeighedRow {
  readonly highest: number;
  /** A logit's log probability is the logit, less `highest`, less this. */
  readonly logSum: number;
  /** All that are not negligible. */
  readonly tokens: readonly number[];
}

function weigh(logits: Float32Array, start: number): WeighedRow {
  const end = start + VOCABULARY_SIZE;
  let highest = Number.NEGATIVE_INFINITY;
  for (let index = start; index < end; index++) {
    if ((logits[index] as number) > highest) highest = logits[index] as number;
  }
  const tokens: number[] = [];
  const lowest = highest - NEGLIGIBLE_NATS;
  let sum = 0;
  for (let index = start; index < end; index++) {
    const logit = logits[index] as number;
    if (logit <= lowest) continue;
    tokens.push(index - start);
    sum += Math.exp(logit - highest);
  }
  return { highest, logSum: Math.log(sum), tokens };
}

/** The tokens of a vocabulary that begin a word with one of these beginnings, in lower case. */
export function tokensBeginning(vocabulary: readonly string[], beginnings: readonly string[]): ReadonlySet<number> {
  const begins = (text: string): boolean =>
    beginnings.some((beginning) => text.toLowerCase().startsWith(`\u2581${beginning}`));
  return new Set(vocabulary.flatMap((text, token) => (begins(text) ? token : [])));
}

/**
 * The punctuation among the texts of a vocabulary, by its first mark behind any quotation mark: full stop, question mark and exclamation
 * mark end a text; comma, semicolon, colon, dash and ellipsis do not.
 */
export function findPunctuation(vocabulary: readonly string[]): PunctuationTokens {
  const punctuation = new Map<number, "terminal" | "continuation">();
  for (const [token, text] of vocabulary.entries()) {
    const marks = text.replace(/^[▁\s"'”’)\]]+/u, "");
    if (/[\p{L}\p{N}<]/u.test(marks)) continue;
    if (/^(?:\.\.|…|[,;:–—-])/u.test(marks)) punctuation.set(token, "continuation");
    else if (/^[.?!]/u.test(marks)) punctuation.set(token, "terminal");
  }
  return punctuation;
}

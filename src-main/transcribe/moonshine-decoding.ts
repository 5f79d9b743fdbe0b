import type { TranscriptEnding } from "../turn/ports.ts";
import {
  BEGIN_TOKEN,
  beginningProbability,
  END_TOKEN,
  endingOf,
  likelyTokens,
  type LogitsRow,
  type PunctuationTokens,
  type TokenCandidate,
} from "./moonshine-logits.ts";

/** Hypotheses kept side by side. Four cost a sixth more than one and make a third fewer word errors; more do not help. */
const MOST_HYPOTHESES = 4;
/** A hypothesis this much less likely than the best, in nats, is dropped: a clear utterance is decoded with one or two. */
const PRUNING_NATS = 2;

/** Where the next likely token comes closer than this to a draft's, the search looks at both. Twice as much finds no better words. */
const DOUBT_NATS = 1;

/** A hypothesis to go on with: the row it had in the last pass, and its new token. */
export interface Continuation {
  readonly row: number;
  readonly token: number;
}

/** A decoder with a cache, as {@link decodeTokens} needs it. Logits come as rows of VOCABULARY_SIZE. */
export interface CachedDecoder {
  /** Starts anew with one hypothesis of these tokens, in one pass. One row for each token. */
  begin(tokens: readonly number[]): Promise<Float32Array>;
  /** Goes back to the first `count` tokens that `begin` was given, as one hypothesis, whatever came since. */
  rewind(count: number): void;
  /** Goes on with these hypotheses, each one token longer. One row for each. */
  advance(continuations: readonly Continuation[]): Promise<Float32Array>;
}

/** What was decoded, without begin and end markers. */
export interface DecodedTokens {
  readonly tokens: readonly number[];
  /** Natural-log probability of each token. */
  readonly logProbabilities: readonly number[];
  /** What may follow the last word; undefined when the text was cut off. */
  readonly ending?: TranscriptEnding | undefined;
  /** How likely a text that is not empty begins with one of `cueTokens`; undefined without them. */
  readonly cueProbability?: number;
}

/** See {@link decodeTokens}. */
export interface DecodingOptions {
  /** A guess at the tokens, verified in the first pass. */
  readonly draftTokens: readonly number[];
  readonly mostTokens: number;
  readonly punctuation: PunctuationTokens;
  /** Tokens that begin a word; one that is punctuation begins none. */
  readonly wordBeginnings: ReadonlySet<number>;
  /** Tokens of which `cueProbability` tells. */
  readonly cueTokens?: ReadonlySet<number> | undefined;
  /** Decoding ends early, with what there is, when this is aborted. */
  readonly signal: AbortSignal;
}

interface Hypothesis extends DecodedTokens {
  /** Sum of the log probabilities, the end marker's included once it is there. */
  readonly score: number;
  readonly row: number;
  /** Where the last word was chosen; undefined before there is one. */
  readonly lastWord: LogitsRow | undefined;
}

/** What one pass says about the token after each hypothesis: rows of logits. */
interface Prediction {
  readonly logits: Float32Array;
  readonly candidates: readonly (readonly TokenCandidate[])[];
  /** The row of the first hypothesis. */
  readonly firstRow: number;
}

const NOTHING: Hypothesis = { tokens: [], logProbabilities: [], score: 0, row: 0, lastWord: undefined };

/**
 * Finds the likeliest tokens by beam search with pruning; hypotheses that ended compete by mean log probability. A draft costs one pass for
 * all its tokens. As long as the only hypothesis is the beginning of the draft, its continuation is known from that pass: only where
 * the model hesitates is anything decoded, and when the draft wins there, its rest counts again. A loop is cut back to its first round.
 * Source: speculative decoding (Leviathan and others, 2023), with an earlier hypothesis in place of a draft model.
 */
export async function decodeTokens(decoder: CachedDecoder, options: DecodingOptions): Promise<DecodedTokens> {
  const draft = options.draftTokens.slice(0, options.mostTokens);
  const verified = await decoder.begin([BEGIN_TOKEN, ...draft]);
  const { cueTokens } = options;
  const cueProbability = cueTokens && beginningProbability(verified, 0, cueTokens);
  const decoded = await search(decoder, options, draft, verified);
  return cueProbability === undefined ? decoded : { ...decoded, cueProbability };
}

async function search(
  decoder: CachedDecoder,
  options: DecodingOptions,
  draft: readonly number[],
  verified: Float32Array,
): Promise<DecodedTokens> {
  const ended: Hypothesis[] = [];
  let live: readonly Hypothesis[] = [NOTHING];
  let drafted = true;
  while (live.length > 0 && (live[0] as Hypothesis).tokens.length < options.mostTokens && !options.signal.aborted) {
    const [{ tokens }] = live as [Hypothesis];
    const loop = loopStart(tokens);
    if (loop !== undefined) return cut(live[0] as Hypothesis, loop);
    const wasDrafted = drafted;
    drafted = live.length === 1 && tokens.length <= draft.length && tokens.every((token, at) => token === draft[at]);
    if (wasDrafted && !drafted) decoder.rewind(tokens.length);
    const prediction = drafted ? verifyToken(verified, tokens.length, draft) : await advance(decoder, live);
    live = extend(live, prediction, options, ended);
    const best = Math.max(...ended.map(meanScore));
    if (live.every((hypothesis) => meanScore(hypothesis) < best)) break;
  }
  return (ended.length > 0 ? ended : live).reduce((best, other) => (meanScore(other) > meanScore(best) ? other : best));
}

/** What may come at a place of the draft: its own token alone, where that is clearly the likeliest. */
function verifyToken(logits: Float32Array, at: number, draft: readonly number[]): Prediction {
  const candidates = likelyTokens(logits, at, PRUNING_NATS, MOST_HYPOTHESES);
  const [top, second] = candidates as [TokenCandidate, TokenCandidate | undefined];
  const isClear = top.token === draft[at] && !(second && second.logProbability > top.logProbability - DOUBT_NATS);
  return { logits, candidates: [isClear ? [top] : candidates], firstRow: at };
}

async function advance(decoder: CachedDecoder, hypotheses: readonly Hypothesis[]): Promise<Prediction> {
  const logits = await decoder.advance(hypotheses.map(({ row, tokens }) => ({ row, token: tokens.at(-1) as number })));
  const candidates = hypotheses.map((_, row) => likelyTokens(logits, row, PRUNING_NATS, MOST_HYPOTHESES));
  return { logits, candidates, firstRow: 0 };
}

/** The best continuations of `hypotheses`, best first; those that end go to `ended`, an empty one only when nothing else comes close. */
function extend(
  hypotheses: readonly Hypothesis[],
  { logits, candidates, firstRow }: Prediction,
  { punctuation, wordBeginnings }: DecodingOptions,
  ended: Hypothesis[],
): readonly Hypothesis[] {
  const extended: Hypothesis[] = [];
  for (const [row, hypothesis] of hypotheses.entries()) {
    const { tokens, logProbabilities, score, lastWord } = hypothesis;
    const place = { logits, row: firstRow + row };
    const next = candidates[row] as readonly TokenCandidate[];
    const follows = (token: number): boolean => token === END_TOKEN || punctuation.has(token);
    const ending = next.some(({ token }) => follows(token))
      ? (hypothesis.ending ?? endingOf(lastWord ?? place, place, punctuation))
      : undefined;
    for (const { token, logProbability } of next) {
      if (token === END_TOKEN) {
        const doubtfullyEmpty = tokens.length === 0 && next.length > 1;
        if (!doubtfullyEmpty) ended.push({ ...hypothesis, score: score + logProbability, row, ending });
      } else {
        extended.push({
          tokens: [...tokens, token],
          logProbabilities: [...logProbabilities, logProbability],
          score: score + logProbability,
          row,
          lastWord: wordBeginnings.has(token) && !punctuation.has(token) ? place : lastWord,
          ending: follows(token) ? ending : undefined,
        });
      }
    }
  }
  const best = Math.max(...extended.map(({ score }) => score));
  return extended
    .filter(({ score }) => score > best - PRUNING_NATS)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MOST_HYPOTHESES);
}

function meanScore({ score, tokens }: Hypothesis): number {
  return score / (tokens.length + 1);
}

function cut({ tokens, logProbabilities }: Hypothesis, length: number): DecodedTokens {
  return { tokens: tokens.slice(0, length), logProbabilities: logProbabilities.slice(0, length) };
}

const LONGEST_LOOP_TOKENS = 12;
const LOOP_TOKENS = 18;
const LEAST_ROUNDS = 4;

/**
 * Where a loop at the end of `tokens` should be cut: after its first round. A loop is the same 1 to 12 tokens at least 4 times over and for
 * at least 18 tokens, more than anybody says on purpose.
 */
export function loopStart(tokens: readonly number[]): number | undefined {
  for (let period = 1; period <= LONGEST_LOOP_TOKENS; period++) {
    const needed = Math.max(LOOP_TOKENS, period * LEAST_ROUNDS);
    let repeated = 0;
    while (repeated + period < tokens.length && tokens.at(-1 - repeated) === tokens.at(-1 - repeated - period)) {
      repeated += 1;
    }
    if (repeated + period >= needed) return tokens.length - repeated;
  }
  return undefined;
}

/** Moonshine never needs more than 6.5 tokens for a second of speech; a spoken number written in digits may. */
export function mostTokensFor(samples: number, rateHz: number): number {
  return Math.ceil((samples / rateHz) * 6.5) + 8;
}

/** The first `count` of `length` positions of a cache of shape [1, heads, length, size], in a new array. */
export function truncateCache(cache: Float32Array, heads: number, length: number, count: number): Float32Array {
  const size = cache.length / (heads * length);
  const kept = new Float32Array(heads * count * size);
  for (let head = 0; head < heads; head++) {
    const from = head * length * size;
    kept.set(cache.subarray(from, from + count * size), head * count * size);
  }
  return kept;
}

/** The rows of a cache of `rowCount` rows that are asked for, in that order, in a new array. */
export function gatherRows(cache: Float32Array, rowCount: number, rows: readonly number[]): Float32Array {
  const size = cache.length / rowCount;
  const gathered = new Float32Array(rows.length * size);
  for (const [index, row] of rows.entries()) gathered.set(cache.subarray(row * size, (row + 1) * size), index * size);
  return gathered;
}

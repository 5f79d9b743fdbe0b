/** Marks the beginning of every token sequence. */
export const BEGIN_TOKEN = 1;
/** Marks the end. */
export const END_TOKEN = 2;
/** Size of the vocabulary; a row of logits has this many values. */
export const VOCABULARY_SIZE = 32_768;

/** Hypotheses kept side by side. Four cost a sixth more than one and make a third fewer word errors; more do not help. */
const MOST_HYPOTHESES = 4;
/** A hypothesis this much less likely than the best, in nats, is dropped: a clear utterance is decoded with one or two. */
const PRUNING_NATS = 2;

/** A draft's token may be this much less likely than the likeliest: about the noise of the quantized model. */
const DRAFT_NATS = 0.3;

/** A hypothesis to go on with: the row it had in the last pass, and its new token. */
export interface Continuation {
  readonly row: number;
  readonly token: number;
}

/** A decoder with a cache, as {@link decodeTokens} needs it. Logits come as rows of VOCABULARY_SIZE. */
export interface CachedDecoder {
  /** Starts anew with one hypothesis of these tokens, in one pass. One row for each token. */
  begin(tokens: readonly number[]): Promise<Float32Array>;
  /** Forgets all but the first `count` tokens that were passed in. Right after `begin`. */
  keep(count: number): void;
  /** Goes on with these hypotheses, each one token longer. One row for each. */
  advance(continuations: readonly Continuation[]): Promise<Float32Array>;
}

/** What was decoded, without begin and end markers. */
export interface DecodedTokens {
  readonly tokens: readonly number[];
  /** Natural-log probability of each token. */
  readonly logProbabilities: readonly number[];
}

/** See {@link decodeTokens}. */
export interface DecodingOptions {
  /** A guess at the tokens, verified in the first pass. */
  readonly draftTokens: readonly number[];
  readonly mostTokens: number;
  /** Decoding ends early, with what there is, when this is aborted. */
  readonly signal: AbortSignal;
}

interface Hypothesis extends DecodedTokens {
  /** Sum of the log probabilities, the end marker's included once it is there. */
  readonly score: number;
  readonly row: number;
}

/**
 * Finds the likeliest tokens by beam search with pruning; hypotheses that ended compete by mean log probability. A draft costs one pass for
 * all its tokens: as far as the model agrees, it is kept with its cache, and the search begins after that.
 * A loop is cut back to its first round.
 * Source: speculative decoding (Leviathan and others, 2023), with an earlier hypothesis in place of a draft model.
 */
export async function decodeTokens(decoder: CachedDecoder, options: DecodingOptions): Promise<DecodedTokens> {
  const draft = options.draftTokens.slice(0, options.mostTokens);
  let logits = await decoder.begin([BEGIN_TOKEN, ...draft]);
  const { agreed, candidates } = verifyDraft(logits, draft);
  decoder.keep(agreed.tokens.length + 1);
  const ended: Hypothesis[] = [];
  let live = extend([agreed], [candidates], ended);
  while (live.length > 0 && (live[0] as Hypothesis).tokens.length < options.mostTokens && !options.signal.aborted) {
    const loop = loopStart((live[0] as Hypothesis).tokens);
    if (loop !== undefined) return cut(live[0] as Hypothesis, loop);
    logits = await decoder.advance(live.map(({ row, tokens }) => ({ row, token: tokens.at(-1) as number })));
    live = extend(
      live,
      live.map((_, row) => likelyTokens(logits, row)),
      ended,
    );
    const best = Math.max(...ended.map(meanScore));
    if (live.every((hypothesis) => meanScore(hypothesis) < best)) break;
  }
  return (ended.length > 0 ? ended : live).reduce((best, other) => (meanScore(other) > meanScore(best) ? other : best));
}

/** The part of the draft that the model would say as well, and the candidates for the token after it. */
function verifyDraft(
  logits: Float32Array,
  draft: readonly number[],
): { readonly agreed: Hypothesis; readonly candidates: readonly TokenCandidate[] } {
  const logProbabilities: number[] = [];
  let score = 0;
  for (;;) {
    const row = logProbabilities.length;
    const candidates = likelyTokens(logits, row);
    const same = candidates.find(({ token }) => token === draft[row]);
    const top = candidates[0] as TokenCandidate;
    if (!same || same.logProbability < top.logProbability - DRAFT_NATS) {
      return { agreed: { tokens: draft.slice(0, row), logProbabilities, score, row: 0 }, candidates };
    }
    logProbabilities.push(same.logProbability);
    score += same.logProbability;
  }
}

/** The best continuations of `hypotheses`, best first; those that end go to `ended`, an empty one only when nothing else comes close. */
function extend(
  hypotheses: readonly Hypothesis[],
  candidates: readonly (readonly TokenCandidate[])[],
  ended: Hypothesis[],
): readonly Hypothesis[] {
  const extended: Hypothesis[] = [];
  for (const [row, { tokens, logProbabilities, score }] of hypotheses.entries()) {
    const next = candidates[row] as readonly TokenCandidate[];
    for (const { token, logProbability } of next) {
      if (token === END_TOKEN) {
        const doubtfullyEmpty = tokens.length === 0 && next.length > 1;
        if (!doubtfullyEmpty) ended.push({ tokens, logProbabilities, score: score + logProbability, row });
      } else {
        extended.push({
          tokens: [...tokens, token],
          logProbabilities: [...logProbabilities, logProbability],
          score: score + logProbability,
          row,
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

/** A token that may come next, with its natural-log probability. */
export interface TokenCandidate {
  readonly token: number;
  readonly logProbability: number;
}

/** What is this far below the top adds less than 1e-4 to the sum, all 32768 of them together. */
const NEGLIGIBLE_NATS = 20;

/** The tokens of one row of logits that come within the pruning distance of the likeliest, likeliest first, at most 4. */
export function likelyTokens(logits: Float32Array, row: number): readonly TokenCandidate[] {
  const start = row * VOCABULARY_SIZE;
  const end = start + VOCABULARY_SIZE;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = start; index < end; index++) {
    if ((logits[index] as number) > most) most = logits[index] as number;
  }
  let sum = 0;
  const near: number[] = [];
  for (let index = start; index < end; index++) {
    const distance = (logits[index] as number) - most;
    if (distance > -NEGLIGIBLE_NATS) sum += Math.exp(distance);
    if (distance > -PRUNING_NATS) near.push(index);
  }
  return near
    .toSorted((a, b) => (logits[b] as number) - (logits[a] as number))
    .slice(0, MOST_HYPOTHESES)
    .map((index) => ({ token: index - start, logProbability: (logits[index] as number) - most - Math.log(sum) }));
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

/** Marks the beginning of every token sequence. */
export const BEGIN_TOKEN = 1;
/** Marks the end. */
export const END_TOKEN = 2;
/** Size of the vocabulary; a row of logits has this many values. */
export const VOCABULARY_SIZE = 32_768;

/** A decoder with a cache, as {@link decodeGreedily} needs it. Logits come as rows of VOCABULARY_SIZE, one for each token passed in. */
export interface CachedDecoder {
  /** Starts anew with these tokens, in one pass. */
  begin(tokens: readonly number[]): Promise<Float32Array>;
  /** Forgets all but the first `count` tokens that were passed in. */
  keep(count: number): void;
  /** Goes on with one token. */
  advance(token: number): Promise<Float32Array>;
}

/** What was decoded, without begin and end markers. */
export interface DecodedTokens {
  readonly tokens: readonly number[];
  /** Natural-log probability of each token. */
  readonly logProbabilities: readonly number[];
}

/** See {@link decodeGreedily}. */
export interface GreedyDecodingOptions {
  /** A guess at the tokens, verified in the first pass. */
  readonly draftTokens: readonly number[];
  readonly mostTokens: number;
  /** Decoding ends early, with what there is, when this is aborted. */
  readonly signal: AbortSignal;
}

/**
 * Takes the most likely token until the end marker, the limit or a loop. A draft costs one pass for all its tokens: the prefix on which
 * the model agrees is kept, with its cache, and only the rest is decoded token by token. A loop is cut back to its first round.
 * Source: speculative decoding (Leviathan and others, 2023), with an earlier hypothesis in place of a draft model.
 */
export async function decodeGreedily(decoder: CachedDecoder, options: GreedyDecodingOptions): Promise<DecodedTokens> {
  const draft = options.draftTokens.slice(0, options.mostTokens);
  const tokens: number[] = [];
  const logProbabilities: number[] = [];
  const take = (logits: Float32Array, row: number): number => {
    const { token, logProbability } = mostLikelyToken(logits, row);
    if (token === END_TOKEN) return token;
    tokens.push(token);
    logProbabilities.push(logProbability);
    return token;
  };

  const first = await decoder.begin([BEGIN_TOKEN, ...draft]);
  let row = 0;
  let token = take(first, row);
  while (row < draft.length && token === draft[row]) token = take(first, ++row);
  decoder.keep(row + 1);
  while (token !== END_TOKEN && tokens.length < options.mostTokens && !options.signal.aborted) {
    const kept = loopStart(tokens);
    if (kept !== undefined) return { tokens: tokens.slice(0, kept), logProbabilities: logProbabilities.slice(0, kept) };
    token = take(await decoder.advance(token), 0);
  }
  return { tokens, logProbabilities };
}

/** The most likely token of one row of logits, with its natural-log probability. */
export function mostLikelyToken(logits: Float32Array, row: number): { token: number; logProbability: number } {
  const start = row * VOCABULARY_SIZE;
  let token = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < VOCABULARY_SIZE; index++) {
    const logit = logits[start + index] as number;
    if (logit > most) {
      most = logit;
      token = index;
    }
  }
  let sum = 0;
  for (let index = 0; index < VOCABULARY_SIZE; index++) {
    const distance = (logits[start + index] as number) - most;
    if (distance > NEGLIGIBLE_LOGIT) sum += Math.exp(distance);
  }
  return { token, logProbability: -Math.log(sum) };
}

/** What is this far below the top adds less than 1e-4 to the sum, all 32768 of them together. */
const NEGLIGIBLE_LOGIT = -20;
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

import { expect, test } from "vitest";
import {
  decodeTokens,
  gatherRows,
  loopStart,
  mostTokensFor,
  truncateCache,
  type CachedDecoder,
  type Continuation,
} from "../../src-main/transcribe/moonshine-decoding.ts";
import { END_TOKEN, VOCABULARY_SIZE, type PunctuationTokens } from "../../src-main/transcribe/moonshine-logits.ts";

/** What may follow a sequence of tokens (without the begin marker), with its probability. */
type Language = (tokens: readonly number[]) => Readonly<Record<number, number>>;

/** A decoder that knows its language exactly, and checks that its cache is used as the real one must be. */
class FakeDecoder implements CachedDecoder {
  readonly passes: number[] = [];
  readonly #language: Language;
  #begun: readonly number[] = [];
  #rows: number[][] = [];

  constructor(language: Language) {
    this.#language = language;
  }

  begin(tokens: readonly number[]): Promise<Float32Array> {
    const said = tokens.slice(1);
    this.#begun = said;
    this.#rows = [said];
    return this.#logits(tokens.map((_, length) => said.slice(0, length)));
  }

  rewind(count: number): void {
    this.#rows = [this.#begun.slice(0, count - 1)];
  }

  advance(continuations: readonly Continuation[]): Promise<Float32Array> {
    this.#rows = continuations.map(({ row, token }) => [...(this.#rows[row] as number[]), token]);
    expect(new Set(this.#rows.map(({ length }) => length)).size).toBe(1);
    return this.#logits(this.#rows);
  }

  #logits(histories: readonly (readonly number[])[]): Promise<Float32Array> {
    this.passes.push(histories.length);
    const logits = new Float32Array(histories.length * VOCABULARY_SIZE).fill(-30);
    for (const [row, history] of histories.entries()) {
      for (const [token, probability] of Object.entries(this.#language(history))) {
        logits[row * VOCABULARY_SIZE + Number(token)] = Math.log(probability);
      }
    }
    return Promise.resolve(logits);
  }
}

/** Says exactly this. */
function sayOnly(sentence: readonly number[]): Language {
  return (tokens) => ({ [sentence[tokens.length] ?? END_TOKEN]: 1 });
}

const signal = new AbortController().signal;
const [STOP, COMMA] = [90, 91];
const punctuation: PunctuationTokens = new Map([
  [STOP, "terminal"],
  [COMMA, "continuation"],
]);
const PIECE = 92;
const wordBeginnings = new Set(Array.from({ length: 1_000 }, (_, token) => token).filter((token) => token !== PIECE));
const SENTENCE = [10, 20, 30, 40, 50];

test("decodes token by token when there is no draft", async () => {
  const decoder = new FakeDecoder(sayOnly(SENTENCE));
  const decoded = await decodeTokens(decoder, {
    draftTokens: [],
    mostTokens: 100,
    punctuation,
    wordBeginnings,
    signal,
  });
  expect(decoded.tokens).toEqual(SENTENCE);
  expect(decoded.logProbabilities.map((value) => Math.round(value * 1000) + 0)).toEqual([0, 0, 0, 0, 0]);
  expect(decoder.passes).toEqual([1, 1, 1, 1, 1, 1]);
});

test.each([
  ["the whole", [10, 20, 30, 40, 50], [6]],
  ["a prefix", [10, 20, 30], [4, 1, 1]],
  ["a prefix and a wrong end", [10, 20, 31, 41, 51], [6, 1, 1, 1]],
  ["nothing right", [11, 21], [3, 1, 1, 1, 1, 1]],
  ["too much", [10, 20, 30, 40, 50, 60, 70], [8]],
])("a draft with %s gives the same tokens in fewer passes", async (_, draftTokens, passes) => {
  const decoder = new FakeDecoder(sayOnly(SENTENCE));
  const decoded = await decodeTokens(decoder, { draftTokens, mostTokens: 100, punctuation, wordBeginnings, signal });
  expect(decoded.tokens).toEqual(SENTENCE);
  expect(decoded.logProbabilities).toHaveLength(5);
  expect(decoder.passes).toEqual(passes);
});

test("prefers the sentence that is likelier as a whole to the one that begins likelier", async () => {
  const language: Language = (tokens) => {
    if (tokens.length === 0) return { 7: 0.6, 8: 0.4 };
    if (tokens.length >= 4) return { [END_TOKEN]: 1 };
    return tokens[0] === 7 ? { 9: 0.3, 10: 0.25, 11: 0.25, 12: 0.2 } : { 13: 1 };
  };
  const { tokens } = await decodeTokens(new FakeDecoder(language), {
    draftTokens: [],
    mostTokens: 100,
    punctuation,
    wordBeginnings,
    signal,
  });
  expect(tokens).toEqual([8, 13, 13, 13]);
});

test("hears nothing only when nothing else comes close", async () => {
  const doubtful: Language = (tokens) => (tokens.length === 0 ? { [END_TOKEN]: 0.7, 7: 0.3 } : { [END_TOKEN]: 1 });
  const clear: Language = (tokens) => (tokens.length === 0 ? { [END_TOKEN]: 0.95, 7: 0.05 } : { [END_TOKEN]: 1 });
  const options = { draftTokens: [], mostTokens: 100, punctuation, wordBeginnings, signal };
  expect((await decodeTokens(new FakeDecoder(doubtful), options)).tokens).toEqual([7]);
  expect((await decodeTokens(new FakeDecoder(clear), options)).tokens).toEqual([]);
});

test("stops at the limit, at a loop and when aborted", async () => {
  const endless: Language = (tokens) => ({ [100 + tokens.length]: 1 });
  const limited = await decodeTokens(new FakeDecoder(endless), {
    draftTokens: [],
    mostTokens: 12,
    punctuation,
    wordBeginnings,
    signal,
  });
  expect(limited.tokens).toHaveLength(12);
  const stuck: Language = (tokens) => ({ [tokens.length < 2 ? tokens.length : 5 + (tokens.length % 3)]: 1 });
  const looped = await decodeTokens(new FakeDecoder(stuck), {
    draftTokens: [],
    mostTokens: 500,
    punctuation,
    wordBeginnings,
    signal,
  });
  expect(looped.tokens.length).toBeLessThan(8);
  const abort = new AbortController();
  const decoder = new FakeDecoder((tokens) => {
    if (tokens.length === 4) abort.abort();
    return endless(tokens);
  });
  const aborted = await decodeTokens(decoder, {
    draftTokens: [],
    mostTokens: 500,
    punctuation,
    wordBeginnings,
    signal: abort.signal,
  });
  expect(aborted.tokens.length).toBeLessThan(7);
});

test("a loop is many rounds of the same, not emphasis", () => {
  expect(loopStart([1, 2, 3, 3, 3, 3, 3])).toBeUndefined();
  expect(loopStart([9, 8, ...Array.from({ length: 18 }, () => 3)])).toBe(3);
  expect(loopStart([9, ...Array.from({ length: 24 }, (_, index) => index % 6)])).toBe(7);
  expect(loopStart(Array.from({ length: 60 }, (_, index) => index))).toBeUndefined();
});

test("where a draft is doubtful both ways are looked at, and the rest of it counts again after that", async () => {
  const language: Language = (tokens) => {
    if (tokens.length === 2 && tokens[1] === 20) return { 30: 0.65, 31: 0.35 };
    if (tokens[2] === 31) return { 41: 0.2, 42: 0.2, 43: 0.2, 44: 0.2, 45: 0.2 };
    return sayOnly(SENTENCE)(tokens);
  };
  const decoder = new FakeDecoder(language);
  const options = { draftTokens: SENTENCE, mostTokens: 100, punctuation, wordBeginnings, signal };
  expect((await decodeTokens(decoder, options)).tokens).toEqual(SENTENCE);
  expect(decoder.passes).toEqual([6, 2]);
});

test("a doubtful place of the draft can be decided against it", async () => {
  const language: Language = (tokens) => {
    if (tokens.length === 1) return { 20: 0.55, 21: 0.45 };
    if (tokens[1] === 20 && tokens.length < 5) return { [30 + tokens.length]: 0.4, 50: 0.3, 51: 0.3 };
    return { [[10, 21, 31, 41][tokens.length] ?? END_TOKEN]: 1 };
  };
  const draftTokens = [10, 20, 32, 33, 34];
  const options = { mostTokens: 100, punctuation, wordBeginnings, signal };
  const plain = await decodeTokens(new FakeDecoder(language), { ...options, draftTokens: [] });
  expect(plain.tokens).toEqual([10, 21, 31, 41]);
  expect((await decodeTokens(new FakeDecoder(language), { ...options, draftTokens })).tokens).toEqual(plain.tokens);
});

test.each([
  ["with the whole as draft", [10, 20, STOP]],
  ["with a draft of the words", [10, 20]],
  ["without a draft", []],
])("tells what may follow the last word, %s", async (_, draftTokens) => {
  const language: Language = (tokens) => {
    if (tokens.length === 1) return { 20: 0.9, [COMMA]: 0.1 };
    if (tokens.length === 2) return { [STOP]: 0.6, [END_TOKEN]: 0.2, [COMMA]: 0.15, 30: 0.05 };
    return { [tokens.length === 0 ? 10 : END_TOKEN]: 1 };
  };
  const { tokens, ending } = await decodeTokens(new FakeDecoder(language), {
    draftTokens,
    mostTokens: 100,
    punctuation,
    wordBeginnings,
    signal,
  });
  expect(tokens).toEqual([10, 20, STOP]);
  expect(ending?.terminalProbability).toBeCloseTo(0.6);
  expect(ending?.bareEndProbability).toBeCloseTo(0.2);
  expect(ending?.continuationProbability).toBeCloseTo(0.15);
  expect(ending?.earlierEndProbability).toBeCloseTo(0.1);
});

test.each([
  ["with the whole as draft", [10, 20, PIECE, STOP]],
  ["without a draft", []],
])(
  "tells how likely the text had ended before its last word, however many tokens that has, %s",
  async (_, draftTokens) => {
    const language: Language = (tokens) => {
      if (tokens.length === 1) return { 20: 0.6, [STOP]: 0.2, [END_TOKEN]: 0.1, [COMMA]: 0.05, 30: 0.05 };
      if (tokens.length === 2) return { [PIECE]: 0.9, [STOP]: 0.1 };
      return { [[10, 20, PIECE, STOP][tokens.length] ?? END_TOKEN]: 1 };
    };
    const options = { draftTokens, mostTokens: 100, punctuation, wordBeginnings, signal };
    const { tokens, ending } = await decodeTokens(new FakeDecoder(language), options);
    expect(tokens).toEqual([10, 20, PIECE, STOP]);
    expect(ending?.earlierEndProbability).toBeCloseTo(0.35);
  },
);

test("truncates and gathers a cache by position and row", () => {
  const cache = Float32Array.from([0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121]);
  expect([...truncateCache(cache, 2, 3, 1)]).toEqual([0, 1, 100, 101]);
  expect([...truncateCache(cache, 2, 3, 2)]).toEqual([0, 1, 10, 11, 100, 101, 110, 111]);
  expect([...gatherRows(cache, 2, [1, 1, 0])]).toEqual([
    ...cache.subarray(6),
    ...cache.subarray(6),
    ...cache.subarray(0, 6),
  ]);
});

test("allows six and a half tokens a second and a few more", () => {
  expect(mostTokensFor(16_000 * 10, 16_000)).toBe(73);
});

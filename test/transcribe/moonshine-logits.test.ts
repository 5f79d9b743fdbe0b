import { expect, test } from "vitest";
import {
  beginningProbability,
  END_TOKEN,
  endingOf,
  findPunctuation,
  likelyTokens,
  tokensBeginning,
  VOCABULARY_SIZE,
} from "../../src-main/transcribe/moonshine-logits.ts";

/** Two rows, of which the second has these probabilities. */
function secondRow(probabilities: Readonly<Record<number, number>>): Float32Array {
  const logits = new Float32Array(2 * VOCABULARY_SIZE).fill(-50);
  for (const [token, probability] of Object.entries(probabilities)) {
    logits[VOCABULARY_SIZE + Number(token)] = Math.log(probability) + 7;
  }
  return logits;
}

test("gives true log probabilities, likeliest first, of what comes close enough", () => {
  const logits = secondRow({ 100: 0.2, 101: 0.5, 102: 0.27, 103: 0.03 });
  const candidates = likelyTokens(logits, 1, 2, 4);
  expect(candidates.map(({ token }) => token)).toEqual([101, 102, 100]);
  for (const [index, probability] of [0.5, 0.27, 0.2].entries()) {
    expect(Math.exp(candidates[index]?.logProbability as number)).toBeCloseTo(probability, 4);
  }
  expect(likelyTokens(logits, 1, 2, 2)).toHaveLength(2);
});

test("adds up what a row says about the end", () => {
  const punctuation = findPunctuation([",", "<s>", "</s>", "▁", ".", "?", "..."]);
  const lastWord = secondRow({ [END_TOKEN]: 0.05, 0: 0.05, 6: 0.1, 9: 0.8 });
  const after = secondRow({ 0: 0.1, [END_TOKEN]: 0.05, 4: 0.2, 5: 0.3, 6: 0.15, 9: 0.2 });
  const ending = endingOf({ logits: lastWord, row: 1 }, { logits: after, row: 1 }, punctuation);
  expect(ending.terminalProbability).toBeCloseTo(0.5);
  expect(ending.continuationProbability).toBeCloseTo(0.25);
  expect(ending.bareEndProbability).toBeCloseTo(0.05);
  expect(ending.earlierEndProbability).toBeCloseTo(0.2);
});

test("knows which texts end a sentence, which go on, and which are no punctuation", () => {
  const texts = [".", "▁?", '!"', '".', "?)", ",", "▁...", "…", "..", ";", "▁-", "—", ":", "▁"];
  const kinds = [...Array.from({ length: 5 }, () => "terminal"), ...Array.from({ length: 8 }, () => "continuation")];
  const punctuation = findPunctuation(texts);
  expect(texts.map((_, token) => punctuation.get(token))).toEqual([...kinds, undefined]);
  expect(findPunctuation(["a.", ".5", ".com", "-ly", "'", '"', "<0x2E>", "<s>", ""]).size).toBe(0);
});

test("tells how likely a text that is not empty begins with some tokens", () => {
  const logits = secondRow({ 7: 0.1, 8: 0.05, [END_TOKEN]: 0.5, 9: 0.35 });
  expect(beginningProbability(logits, 1, new Set([7, 8]))).toBeCloseTo(0.3, 2);
  expect(beginningProbability(logits, 1, new Set())).toBe(0);
});

test("finds the tokens that begin a word", () => {
  expect([...tokensBeginning(["\u2581Stop", "\u2581st", "Stop", "\u2581Up", "\u2581Cup", "s"], ["st", "up"])]).toEqual([
    0, 1, 3,
  ]);
});

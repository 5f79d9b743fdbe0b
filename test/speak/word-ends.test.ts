import { expect, test } from "vitest";
import { trimSilence } from "../../src-main/speak/trim-silence.ts";
import { placeWordEnds, type SpokenPhone, type WordToPlace } from "../../src-main/speak/word-ends.ts";

function words(text: string): WordToPlace[] {
  return text.split(" ").map((word) => ({ spoken: word.replace(/^-$/, ""), pauseFollows: /[,.;]$/.test(word) }));
}

/** Phones of 100 ms each; a dot is a pause. */
function phones(pattern: string): SpokenPhone[] {
  return Array.from(pattern, (mark, index) => ({ pause: mark === ".", endMs: (index + 1) * 100 }));
}

test("shares the phones out by the look of the words", () => {
  expect(placeWordEnds(words("go fast"), phones(".gofast."))).toEqual([300, 700]);
});

test("puts a pause after the word with punctuation", () => {
  // The first word has four phones more than its spelling has letters.
  expect(placeWordEnds(words("wx, be gone"), phones(".doublexx.begon."))).toEqual([900, 1200, 1500]);
});

test("a word that says nothing ends with the one before", () => {
  expect(placeWordEnds(words("go - fast"), phones(".gofast."))).toEqual([300, 300, 700]);
});

test("ends never go back, and the last one is the last sound", () => {
  const ends = placeWordEnds(words("one, two; three, four 5 six."), phones(".ww.tt.ttt.ffffssss."));
  expect(ends).toEqual(ends.toSorted((a, b) => a - b));
  expect(ends.at(-1)).toBe(1900);
});

test("has an end for every word even without sounds", () => {
  expect(placeWordEnds(words("a b"), [])).toEqual([0, 0]);
  expect(placeWordEnds([], phones(".a."))).toEqual([]);
});

test("trims silence down to a little on both sides", () => {
  const pcm = new Float32Array(16_000);
  pcm.fill(0.5, 4_000, 8_000);
  expect(trimSilence(pcm, 16_000)).toEqual({ start: 4_000 - 400, end: 8_000 + 2_400 });
  pcm.fill(0.5, 0, 16_000);
  expect(trimSilence(pcm, 16_000)).toEqual({ start: 0, end: 16_000 });
  expect(trimSilence(new Float32Array(100).fill(0.002), 16_000)).toEqual({ start: 0, end: 0 });
});

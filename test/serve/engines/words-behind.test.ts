import { expect, test } from "vitest";
import { agreeingWords, splitWords, wordsBehind } from "../../../src-main/serve/engines/words-behind.ts";

test.each([
  ["", "And so, my fellow", "And so, my fellow"],
  ["And so", "And so, my fellow", "my fellow"],
  ["And so, my", "And so my fellow Americans.", "fellow Americans."],
  // Heard otherwise, parted or joined since it was told.
  ["Americans.", "Oh, America. Ask not", "Ask not"],
  ["Said", "Set a timer", "a timer"],
  ["Set a", "Said a timer", "timer"],
  ["the steam", "The extreme engine", "engine"],
  ["for someone", "For some one like", "like"],
  ["for some one", "for someone like", "like"],
  ["at 7", "At seven tonight", "tonight"],
  ["I can not", "I cannot go", "go"],
  // The same word again is a new one.
  ["no", "no no no", "no no"],
  ["very", "very very good", "very good"],
  // All of it was told.
  ["ask not", "Ask not.", ""],
  ["what you can do for your country", "what you can do for your", ""],
  // The hypothesis does not hold what was told.
  ["country", "xylophone music", "xylophone music"],
])("behind '%s' in '%s' is '%s'", (told, heard, behind) => {
  expect(wordsBehind(splitWords(told), splitWords(heard)).join(" ")).toBe(behind);
});

test.each([
  ["my fellow", "my fellow Americans", 2],
  ["My, fellow.", "my fellow", 2],
  ["my yellow", "my fellow", 1],
  ["", "my", 0],
  ["my", "", 0],
])("'%s' and '%s' agree on %i words", (one, other, count) => {
  expect(agreeingWords(splitWords(one), splitWords(other))).toBe(count);
});

import { expect, test } from "vitest";
import { readNumberWords } from "../../../src-main/respond/skills/number-words.ts";
import { spellNumber } from "../../../src-shared/spell-number.ts";

const NUMBERS: readonly (readonly [words: string, digits: string])[] = [
  ["zero", "0"],
  ["twenty three", "23"],
  ["a hundred and five", "105"],
  ["one hundred twenty three thousand four hundred and fifty six", "123456"],
  ["two million and one", "2000001"],
  ["three point one four", "3.14"],
  ["point five", "0.5"],
  ["two and a half hours", "2.5 hours"],
  ["three quarters", "0.75"],
  ["twenty first of march", "21st of march"],
  ["seven thirty", "7 30"],
  ["five and six", "5 and 6"],
  ["a dozen eggs", "12 eggs"],
  ["3 thousand", "3000"],
  ["half an hour", "half an hour"],
  ["and", "and"],
];

for (const [words, digits] of NUMBERS) {
  test(`"${words}"`, () => {
    expect(readNumberWords(words.split(" ")).join(" ")).toBe(digits);
  });
}

test("reads back every number that is spelled out", () => {
  for (let value = 0; value < 2_000_000; value += value < 2000 ? 1 : 7919)
    expect(readNumberWords(spellNumber(value).split(" "))).toEqual([String(value)]);
});

import { expect, test } from "vitest";
import { SentWords } from "../../../src-main/wire/moshi-tts/sent-words.ts";

/** What is sent of a text that comes in such pieces; the last entry is what is left at its end. */
function sentOf(...pieces: string[]): string[] {
  const words = new SentWords();
  return [...pieces.map((piece) => words.push(piece)), words.finish()];
}

test("words are sent when they are complete, and never cut", () => {
  expect(sentOf("It", " is", " no", "on. All", " is well.")).toEqual(["", "It", "is", "noon.", "All is", "well."]);
  expect(sentOf("It is ", "noon.\n")).toEqual(["It is", "noon.", ""]);
  expect(sentOf("", "  ", "\n")).toEqual(["", "", "", ""]);
});

test("marks of emphasis and what is no word are left out", () => {
  expect(sentOf("**It** is", " \u201Cnoon\u201D : ", "_ ( ) ")).toEqual(["It", 'is "noon"', "", ""]);
});

test("the tag of a break is not cut at its space", () => {
  expect(sentOf("One <break", ' time="', '0.5s"/> two', '<break time="1s"/>three ')).toEqual([
    "One",
    "",
    '<break time="0.5s"/>',
    'two <break time="1s"/> three',
    "",
  ]);
  expect(sentOf("at <break of day", " and later than that ")).toEqual(["at", "<break of day and later than that", ""]);
  expect(sentOf("a <break of")).toEqual(["a", "<break of"]);
});

test("a word that is announced tells how much of the text is said", () => {
  const words = new SentWords();
  words.push("*It\u2019s* 10:30 (now), ");
  words.push('<break time="1s"/> they say. ');
  expect(words.unannounced).toBe(6);
  expect(words.longestMs).toBe(5_000 + 500 * "It's1030now,theysay.".length + 960);
  expect(["It's", "10", "30", "now,", "they"].map((word) => words.announce(word))).toEqual([6, 6, 12, 19, 43]);
  expect(words.unannounced).toBe(1);
});

test("servers that announce other words than were sent fall back into step", () => {
  const words = new SentWords();
  words.push("The 25 cats, and a Dog. ");
  expect(["THE", "twenty", "five", "cats", "nonsense", "dog"].map((word) => words.announce(word))).toEqual([
    3,
    undefined,
    undefined,
    12,
    undefined,
    23,
  ]);
  expect(words.unannounced).toBe(0);
  expect(words.announce("more")).toBeUndefined();
});

import { expect, test } from "vitest";
import { seededRandom } from "../../../src-main/play/source/seeded-random.ts";
import { splitTtsWords } from "../../../src-main/wire/moshi-tts/split-tts-words.ts";

const texts = (text: string) => splitTtsWords(text).map((word) => word.text);
const breaks = (text: string) => splitTtsWords(text).map(({ breakMs }) => breakMs);

test.each([
  ["Hello there, world!", ["Hello", "there,", "world!"]],
  ["  a\n\tb\u00a0c  ", ["a", "b", "c"]],
  ["", []],
  [" \n ", []],
  ["don’t", ["don't"]],
  ["ten–twenty", ["tentwenty"]],
  ["a – b", ["a", "b"]],
  ["at 10:30: now", ["at", "10", "30", "now"]],
  ["(well) f(x)", ["well", "fx"]],
  ["( : – )", []],
  ["a - b", ["a", "-", "b"]],
])("%j has its words", (text, words) => {
  expect(texts(text)).toEqual(words);
  expect(breaks(text)).toEqual(words.map(() => 0));
});

test.each([
  ["0.5", 480, "0.50"],
  ["1", 960, "1.00"],
  ["2.", 2_000, "2.00"],
  [".08", 80, "0.08"],
  ["0.01", 80, "0.01"],
  ["0", 80, "0.00"],
  ["9.99", 9_920, "9.99"],
  ["10", 10_000, "10.00"],
  ["600", 10_000, "10.00"],
  ["9".repeat(400), 10_000, "10.00"],
])("a break of %s s is cut to whole frames", (seconds, breakMs, announced) => {
  expect(splitTtsWords(`one<break time="${seconds}s"/>two`)).toEqual([
    { text: "one", breakMs: 0 },
    { text: `<break time="${announced}s">`, breakMs },
    { text: "two", breakMs: 0 },
  ]);
});

test("breaks stand anywhere and are written in more than one way", () => {
  expect(breaks('<break time="1s"/>')).toEqual([960]);
  expect(breaks('<break  time="1s" /> a <break time="1s"><break time="1s"/>')).toEqual([960, 0, 960, 960]);
});

test("what only resembles a break is words", () => {
  expect(texts("<break> a<break time=1s/> b")).toEqual(["<break>", "a", "<break", "time=1s/>", "b"]);
  expect(texts('<break time="-1s"/>')).toEqual(["<break", 'time="-1s"/>']);
  expect(texts("<breakfast a<b")).toEqual(["<breakfast", "a<b"]);
});

test("words are never empty and hold no white space, and hostile texts take no longer than others", () => {
  const pieces = ["<break", " ", ' time="', "1", ".", 's"', "/>", "\n", ":", "–", "(", "’", "é", "\ud800", "a"];
  const random = seededRandom(1);
  for (let count = 0; count < 50_000; count++) {
    const text = Array.from(
      { length: Math.floor(random() * 12) },
      () => pieces[Math.floor(random() * pieces.length)],
    ).join("");
    for (const word of splitTtsWords(text)) {
      if (word.text === "" || (word.breakMs === 0 && /\s/.test(word.text))) throw new Error(JSON.stringify(text));
      if (word.breakMs < 0 || word.breakMs > 10_000) throw new Error(JSON.stringify(text));
    }
  }
  const startedAtMs = performance.now();
  for (const piece of [...pieces, "<break ", '<break time="1', "<break time="]) {
    splitTtsWords(piece.repeat(100_000));
    splitTtsWords(`<break${piece.repeat(100_000)}`);
    splitTtsWords(`<break time="${piece.repeat(100_000)}`);
  }
  expect(performance.now() - startedAtMs).toBeLessThan(10_000);
});

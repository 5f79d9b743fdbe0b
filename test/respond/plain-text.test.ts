import { expect, test } from "vitest";
import { PlainTextStream } from "../../src-main/respond/plain-text.ts";

function strip(pieces: Iterable<string>): string {
  const stream = new PlainTextStream();
  let plain = "";
  for (const piece of pieces) plain += stream.push(piece);
  return plain + stream.finish();
}

const CASES: readonly (readonly [markdown: string, plain: string])[] = [
  ["Hello there.", "Hello there."],
  ["It is **very** big, *really* big and _so_ on.", "It is very big, really big and so on."],
  ["**Bold start** and __end__.", "Bold start and end."],
  ["# Title\nText", "Title\nText"],
  ["Intro:\n\n- one\n- two\n* three", "Intro:\n\none\ntwo\nthree"],
  ["> quoted", "quoted"],
  ["1. first\n2. second", "1. first\n2. second"],
  ["Run `npm start` now.", "Run npm start now."],
  ["Look:\n```js\nlet a = 1;\n```\nDone.", "Look:\n\nlet a = 1;\n\nDone."],
  ["See [the docs](https://example.org/a) here.", "See the docs here."],
  ["Great! 🎉👍🏽 Done 🇫🇷.", "Great! Done ."],
  ["Two * three is six, 5 - 3 is two.", "Two * three is six, 5 - 3 is two."],
  ["snake_case and a*b stay.", "snake_case and a*b stay."],
  ["2**10 is **1024**, **2** twice.", "2**10 is 1024, 2 twice."],
  ["| a | b |", "a, b,"],
  ["---\nText", "Text"],
  ["~~gone~~ stays", "gone stays"],
  ["", ""],
];

test.for(CASES)("%j", ([markdown, plain]) => {
  expect(strip([markdown]).replace(/ {2,}/g, " ").replace(/ ,/g, ",").trim()).toBe(plain);
});

test.for(CASES)("%j in pieces of every size gives the same", ([markdown]) => {
  const whole = strip([markdown]);
  for (let size = 1; size < markdown.length; size++) {
    const pieces = Array.from({ length: Math.ceil(markdown.length / size) }, (_, index) =>
      markdown.slice(index * size, (index + 1) * size),
    );
    expect(strip(pieces)).toBe(whole);
  }
});

test("plain words are held back by no more than the last one", () => {
  const stream = new PlainTextStream();
  expect(stream.push("It is half ")).toBe("It is half ");
  expect(stream.push("past thr")).toBe("past ");
  expect(stream.push("ee.")).toBe("");
  expect(stream.finish()).toBe("three.");
});

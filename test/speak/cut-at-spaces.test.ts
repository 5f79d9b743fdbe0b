import { expect, test } from "vitest";
import { cutAtSpaces } from "../../src-main/speak/cut-at-spaces.ts";

test.each([
  ["", []],
  ["one", ["one"]],
  ["one two three", ["one two", "three"]],
  ["longer than eight", ["longer", "than", "eight"]],
  ["unbreakable word", ["unbreaka", "ble word"]],
])("%j in pieces of 8 characters", (text, pieces) => {
  expect([...cutAtSpaces(text, 8)]).toEqual(pieces);
});

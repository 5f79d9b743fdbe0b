import { expect, test } from "vitest";
import { tellsAll } from "../../../src-main/turn/words/tells-all.ts";

test.each([
  "My name is Anna.",
  "I'm fine.",
  "Well, I am tired.",
  "It works now.",
  "I don't know.",
  "I live in London.",
  "In Boston.",
  "On Monday.",
  "Ten minutes.",
  "The blue one.",
  "That was great.",
])("%s is whole", (text) => expect(tellsAll(text)).toBe(true));

test.each([
  "",
  "My name is",
  "I am looking for a",
  "What is one hundred?",
  "In the",
  "It costs twenty",
  "My number is 5 5 5",
  "I went to Madrid last week because",
])("%s may go on", (text) => expect(tellsAll(text)).toBe(false));

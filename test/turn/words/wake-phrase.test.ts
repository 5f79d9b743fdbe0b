import { expect, test } from "vitest";
import { stripWakePhrase } from "../../../src-main/turn/words/wake-phrase.ts";

test.each([
  ["Hey Repartee, what time is it?", "what time is it?"],
  ["hey repartee what time is it", "what time is it"],
  ["Hey, repartee. Stop!", "Stop!"],
  ["Hey, Repartee.", ""],
  ["Hey, right, Bertie. What time is it?", "What time is it?"],
  ["Hey rep party, what time is it?", "what time is it?"],
  ["Hey Reparty...", ""],
  ["A repartee, set a timer.", "set a timer."],
  ["Hey repertory, stop", "stop"],
  ["Hey Rampartay, it’s late.", "it’s late."],
  ["Um, hey repartee, 7:05?", "7:05?"],
  ["Okay, hey Repartee, what's up?", "what's up?"],
])("%s begins with hey repartee", (text, rest) => {
  expect(stripWakePhrase(text, "Hey Repartee")).toBe(rest);
});

test.each([
  "",
  "Um.",
  "Hey.",
  "Hey there.",
  "What time is it?",
  "Are you there?",
  "Hey, right.",
  "Hey Siri, what time is it?",
  "Happy birthday!",
  "I'm at a party.",
  "The property is nice.",
  "So what is hey repartee?",
  "I said hey repartee.",
  "He departed.",
])("%j does not begin with hey repartee", (text) => {
  expect(stripWakePhrase(text, "hey repartee")).toBeUndefined();
});

test.each([
  ["Reperty, set a timer.", "Repartee", "set a timer."],
  ["I ate computer, what time is it?", "hey computer", "what time is it?"],
  ["Hey compute her, stop", "hey computer", "stop"],
  ["OK, Jervis, what time is it?", "Okay Jarvis", "what time is it?"],
  ["Okay Jarvis.", "okay jarvis", ""],
  ["Hello, Anna, stop", "Hallo Anna!", "stop"],
  ["Mein Freund, wie spät ist es?", "mein freund", "wie spät ist es?"],
  ["Anything", " ", "Anything"],
])("%s begins with %s", (text, phrase, rest) => {
  expect(stripWakePhrase(text, phrase)).toBe(rest);
});

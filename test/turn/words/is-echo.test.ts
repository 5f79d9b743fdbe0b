import { expect, test } from "vitest";
import { isLastWord } from "../../../src-main/turn/words/is-echo.ts";
import { judgeInterruption } from "../../../src-main/turn/words/judge-interruption.ts";

test.each([
  ["Two.", "I can answer other questions too.", true],
  ["Two.", "One or two?", false],
  ["Tomorrow?", "", false],
  ["Завтра?", "Я могу назвать время.", false],
])("%s after %j: whether it is the reply's last word", (text, spokenText, expected) => {
  expect(isLastWord(text, spokenText)).toBe(expected);
});

test("words in another script are words", () => {
  const heard = { speechMs: 350, isOver: true, spokenText: "Я могу назвать время." };
  expect(judgeInterruption({ ...heard, text: "Завтра?" })).toBe("interruption");
  expect(judgeInterruption({ ...heard, text: "А." })).toBe("nothing");
});

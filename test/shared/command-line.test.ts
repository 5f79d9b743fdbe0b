import { expect, test } from "vitest";
import { formatCommandLine, parseCommandLine } from "../../src-shared/command-line.ts";

test.each([
  ["", []],
  ["   ", []],
  ["ssh gpu  moshi-stdio --seed 3", ["ssh", "gpu", "moshi-stdio", "--seed", "3"]],
  [`say "two words" 'and "these"'`, ["say", "two words", 'and "these"']],
  [`a"b c"d ''`, ["ab cd", ""]],
  [String.raw`C:\tools\moshi.exe $HOME * ~`, [String.raw`C:\tools\moshi.exe`, "$HOME", "*", "~"]],
])("%j is %j", (line, expected) => {
  expect(parseCommandLine(line)).toEqual(expected);
});

test.each([`say "half`, "it's"])("%j is not closed", (line) => {
  expect(parseCommandLine(line)).toBeUndefined();
});

test("every list of arguments is shown so that it is understood again", () => {
  const strange = ["", " ", "a b", "it's", 'say "x"', `'"'"`, "tab\there", "\n", String.raw`\"`, "plain", "ü 語"];
  for (const first of strange)
    for (const second of strange) {
      const list = [first, second, first + second];
      expect(parseCommandLine(formatCommandLine(list))).toEqual(list);
    }
  expect(formatCommandLine(["ssh", "gpu", "a b"])).toBe(`ssh gpu "a b"`);
});

import { expect, test } from "vitest";
import { nextShownWords, type ShownWord } from "../../src-main/turn/stable-partial.ts";

function show(hypotheses: readonly string[]): string[] {
  let shown: readonly ShownWord[] = [];
  return hypotheses.map((hypothesis) => {
    shown = nextShownWords(shown, hypothesis);
    return shown.map(({ text }) => text).join(" ");
  });
}

test.each([
  ["shows every hypothesis as it grows", ["What", "What time", "What time is it?"], "What time is it?"],
  ["a word heard once may change", ["What dime", "What time is it"], "What time is it"],
  ["a word heard twice stays", ["What time", "What time is", "What dime is it"], "What time is it"],
  ["and stays when later ones are dropped", ["go to the", "go to the", "go"], "go to the"],
  ["and when everything is", ["go to", "go to", ""], "go to"],
  ["and when what is before it changes", ["A new day", "The new day", "Someday"], "Someday new day"],
  [
    "and when it is put together with the next",
    ["ice cream is", "ice cream is", "I scream is good"],
    "ice cream is good",
  ],
  ["casing and punctuation may change", ["so. what", "So what", "So, what now?"], "So, what now?"],
  ["a word between stable ones may come in", ["he was home", "he was home", "he was not home"], "he was not home"],
  ["a dash is a word of its own", ["yes - no", "yes - no", "yes"], "yes - no"],
])("%s", (_, hypotheses, last) => expect(show(hypotheses).at(-1)).toBe(last));

test("no word that was shown in two rounds running is ever gone, whatever is heard", () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed % below;
  };
  for (let run = 0; run < 200; run++) {
    let shown: readonly ShownWord[] = [];
    let kept: readonly string[] = [];
    for (let round = 0; round < 8; round++) {
      const hypothesis = Array.from({ length: random(7) }, () => "abcde"[random(5)]).join(" ");
      shown = nextShownWords(shown, hypothesis);
      const texts = shown.map(({ text }) => text);
      let from = 0;
      for (const word of kept) from = texts.indexOf(word, from) + 1 || Number.NaN;
      expect(from).not.toBeNaN();
      kept = shown.filter(({ stable }) => stable).map(({ text }) => text);
    }
  }
});
